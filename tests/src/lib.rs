//! Black-box tests, over the wire: each folder beside this one is a test program. There is nothing to link against.
