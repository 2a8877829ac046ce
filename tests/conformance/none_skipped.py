"""Fails when a part of the outside conformance tests passed over a case, or found none. What is only told and has no verdict says so."""

import json
import sys

TOLD = ("svmap", "for information")

found = json.load(open(sys.argv[1]))
cases = found["results"] if "results" in found else [case for group in found.values() for case in group]
skipped = [case["name"] for case in cases if case["ok"] is None and not any(word in case["name"] for word in TOLD)]
if skipped or not cases:
    sys.exit(f"skipped: {', '.join(skipped) or 'everything'}")
