#!/usr/bin/python3
"""Checks results of `gangwright schedule -o json`, or of another command, or files in YAML against their schema.

scripts/check-schedule-output.py [--schema FILE] [FILE...], standard input without one. Needs Debian's python3-jsonschema
and python3-yaml.
"""

import json
import pathlib
import sys

import jsonschema
import yaml

SCHEMA = pathlib.Path(__file__).resolve().parent.parent / "docs" / "schedule-output.schema.json"


class Loader(yaml.SafeLoader):
    """Dates stay texts, as they are for the program."""


Loader.yaml_implicit_resolvers = {
    first: [(tag, expression) for tag, expression in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def main(paths):
    path = SCHEMA
    if paths[:1] == ["--schema"]:
        path, paths = pathlib.Path(paths[1]), paths[2:]
    schema = json.loads(path.read_text())
    validator = jsonschema.validators.validator_for(schema)
    validator.check_schema(schema)
    wrong = 0
    for path in paths or ["-"]:
        text = sys.stdin.read() if path == "-" else pathlib.Path(path).read_text()
        document = yaml.load(text, Loader) if path.endswith((".yaml", ".yml")) else json.loads(text)
        for error in validator(schema).iter_errors(document):
            place = "/".join(str(step) for step in error.absolute_path)
            print(f"{path}: {place}: {error.message}", file=sys.stderr)
            wrong += 1
    return 1 if wrong else 0


sys.exit(main(sys.argv[1:]))
