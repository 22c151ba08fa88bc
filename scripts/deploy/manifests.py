"""Objects as kubectl makes them of a folder of deploy/, and where things are."""

import functools
import re
import subprocess
import sys
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "deploy"
CHART = DEPLOY / "helm" / "gangwright"
MONITORING = DEPLOY / "overlays" / "monitoring"


def fail(*lines):
    """Ends the program: something is not as it must be."""
    for line in lines:
        print(f"check-deploy: {line}", file=sys.stderr)
    sys.exit(1)


def run(*command, text=None):
    """What a command prints; ends the program if it fails."""
    try:
        result = subprocess.run(command, input=text, capture_output=True, text=True, cwd=ROOT, check=False)
    except FileNotFoundError:
        fail(f"there is no program {command[0]} here")
    if result.returncode != 0:
        fail(" ".join(map(str, command)), result.stdout.strip(), result.stderr.strip())
    return result.stdout


class Loader(yaml.SafeLoader):
    """Reads YAML, and refuses a key that is there twice, which YAML's own reader lets the last one win."""

    def construct_mapping(self, node, deep=False):
        keys = [self.construct_object(key, deep=True) for key, _ in node.value if key.tag != "tag:yaml.org,2002:merge"]
        for key in keys:
            if keys.count(key) > 1:
                raise yaml.constructor.ConstructorError(None, None, f"the key {key} is there twice", node.start_mark)
        return super().construct_mapping(node, deep)


def objects(text):
    """All objects of a text, by kind, namespace and name."""
    found = {}
    for one in yaml.load_all(text, Loader):
        if not one:
            continue
        key = (one["kind"], one["metadata"].get("namespace", ""), one["metadata"]["name"])
        if key in found:
            fail(f"{key} is there twice")
        found[key] = one
    return found


@functools.cache
def kustomize(folder):
    """The objects of a kustomization, which nobody changes."""
    return objects(run("kubectl", "kustomize", str(folder)))


def require_kubectl():
    """The kustomize in older ones knows neither folders as resources nor patches with a target."""
    match = re.search(r"v(\d+)\.(\d+)", run("kubectl", "version", "--client"))
    if not match or (int(match[1]), int(match[2])) < (1, 21):
        fail("kubectl 1.21 or newer is needed, of whatever version the cluster is")


def version():
    """The program's version."""
    source = (ROOT / "Sources/gangwright/Program.swift").read_text()
    return re.search(r'static let version = "([^"]+)"', source)[1]
