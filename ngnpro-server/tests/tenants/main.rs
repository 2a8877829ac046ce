//! Tenants that must never meet: who may do what, shown on all three wires by one battery of cases, and by tenants that try
//! at random whatever they can think of.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod attack;
mod calls;
mod cases;
mod credits;
mod kept_answers;
mod model;
mod other_ports;
mod platform;
mod rest;
mod rights;
mod same;
mod wires;
