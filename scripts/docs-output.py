#!/usr/bin/python3
"""Runs the commands that the documents show and puts in what they print.

scripts/docs-output.py [--check] FILE...

A fenced block marked `console` is a session: lines that begin with `$ ` (and `> ` for their continuation) are run by
bash in the root of the repository, what lies between them is replaced by what they print on both streams. With
--check nothing is written, and a block that would change is an error.
"""

import os
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
BLOCK = re.compile(r"(?<=^```console\n).*?(?=^```$)", re.MULTILINE | re.DOTALL)


def run(command):
    environment = dict(os.environ, PATH=f"{ROOT}/.build/release:{os.environ['PATH']}")
    # A make inside of make says where it is.
    for name in ("MAKEFLAGS", "MAKELEVEL", "MFLAGS"):
        environment.pop(name, None)
    result = subprocess.run(
        ["bash", "-c", command], cwd=ROOT, env=environment, text=True, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, check=False)
    output = "\n".join(line.rstrip() for line in result.stdout.splitlines())
    return output + "\n" if output else ""


def refresh(match):
    text = ""
    command = []
    lines = match.group().splitlines()
    for index, line in enumerate(lines):
        if line.startswith("$ "):
            command = [line[2:]]
        elif line.startswith("> ") and command:
            command.append(line[2:])
        else:
            continue
        text += line + "\n"
        follows = lines[index + 1] if index + 1 < len(lines) else ""
        if not follows.startswith("> "):
            text += run("\n".join(command))
            command = []
    return text


def main(arguments):
    check = arguments[:1] == ["--check"]
    stale = 0
    for name in arguments[check:]:
        path = pathlib.Path(name)
        old = path.read_text()
        new = BLOCK.sub(refresh, old)
        if new == old:
            continue
        if check:
            print(f"{name}: shows what is not printed any more; make docs-output brings it up to date", file=sys.stderr)
            stale += 1
        else:
            path.write_text(new)
            print(f"{name}: brought up to date", file=sys.stderr)
    return 1 if stale else 0


sys.exit(main(sys.argv[1:]))
