#!/usr/bin/python3
"""Makes what in deploy/ is made from other files of it: scripts/deploy/generate.py [--check]

Those are the PrometheusRules, from overlays/monitoring/alerts.yaml, and the Helm chart, from the overlays secondary,
monitoring, disruption-budget and node-agent and from crds/. With --check nothing is written, and what differs is told.
"""

import difflib
import re
import sys

import yaml

from manifests import CHART, DEPLOY, MONITORING, fail, kustomize, require_kubectl, version

ORIGIN = "# Made by scripts/deploy/generate.py; changes to it are lost."


class Dumper(yaml.SafeDumper):
    """Writes lists the way people do, and long texts as blocks."""

    def increase_indent(self, flow=False, indentless=False):
        return super().increase_indent(flow, False)


def text_node(dumper, text):
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None)


class Quoted(str):
    """A text that may begin with anything once it is rendered."""


Dumper.add_representer(str, text_node)
Dumper.add_representer(Quoted, lambda dumper, text: dumper.represent_scalar("tag:yaml.org,2002:str", str(text), style="'"))


def dump(value):
    return yaml.dump(value, Dumper=Dumper, sort_keys=False, width=1_000_000, allow_unicode=True)


# MARK: PrometheusRules


def prometheus_rule(prefix):
    """The alerts, with metrics that begin with a prefix."""
    text = (MONITORING / "alerts.yaml").read_text().replace("gangwright_", f"{prefix}_")
    labels = {"app.kubernetes.io/name": "gangwright", "app.kubernetes.io/instance": "gangwright"}
    metadata = {"name": "gangwright", "namespace": "gangwright-system", "labels": labels}
    rule = {"apiVersion": "monitoring.coreos.com/v1", "kind": "PrometheusRule", "metadata": metadata}
    return f"{ORIGIN}\n" + dump(rule | {"spec": yaml.safe_load(text)})


# MARK: The chart


class Template:
    """A template in the making: an object's YAML in which some places stand for actions."""

    def __init__(self):
        self.actions = []

    def inline(self, action):
        """Stands for an action within a line."""
        self.actions.append(action)
        return f"ACTION{len(self.actions) - 1}ACTION"

    def lines(self, *lines):
        """Stands, as an item of a list or a key of a mapping without value, for lines of its own."""
        return self.inline("\n".join(lines))

    def text(self, value):
        result = []
        for line in dump(value).splitlines():
            alone = re.fullmatch(r"( *)(?:- ACTION(\d+)ACTION|ACTION(\d+)ACTION: null)", line)
            if alone and "\n" in self.actions[int(alone[2] or alone[3])]:
                result += [alone[1] + one for one in self.actions[int(alone[2] or alone[3])].split("\n")]
            else:
                result.append(re.sub(r"ACTION(\d+)ACTION", lambda match: self.actions[int(match[1])], line))
        return "\n".join(result) + "\n"


def named(template, value, path=()):
    """The value with the release's name and namespace for those of the manifests, and `{{` so that it stays."""
    if isinstance(value, dict):
        # Sorted: the order is not the same with every kubectl.
        return {key: named(template, one, path + (key,)) for key, one in sorted(value.items())}
    if isinstance(value, list):
        return [named(template, one, path + (position,)) for position, one in enumerate(value)]
    if value == "gangwright-system":
        return template.inline("{{ .Release.Namespace }}")
    if value in ("gangwright", "gangwright-dashboard", "gangwright-node-agent"):
        is_fixed = path[-1] == "app.kubernetes.io/name" or (path[-3:-2] == ("containers",) and path[-1] == "name")
        return value if is_fixed else template.inline("{{ .Release.Name }}") + value[len("gangwright") :]
    if isinstance(value, str) and "{{" in value:
        return Quoted(value.replace("{{", template.inline('{{ "{{" }}')))
    return value


def deployment(template, one):
    spec = one["spec"]
    spec["replicas"] = template.inline("{{ .Values.replicas }}")
    pod = spec["template"]["spec"]
    pod["priorityClassName"] = template.inline("{{ .Values.priorityClassName | quote }}")
    for key in ("nodeSelector", "tolerations", "imagePullSecrets"):
        action = [f"{{{{- with .Values.{key} }}}}", f"{key}:", "  {{- toYaml . | nindent 8 }}", "{{- end }}"]
        pod[template.lines(*action)] = None
    container = pod["containers"][0]
    container["image"] = template.inline('"{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}"')
    pull = ["{{- with .Values.image.pullPolicy }}", "imagePullPolicy: {{ . }}", "{{- end }}"]
    container[template.lines(*pull)] = None
    container["resources"] = template.inline("{{- toYaml .Values.resources | nindent 12 }}")
    fixed = [argument for argument in container["args"] if not argument.startswith(("--scheduler-name", "--metrics-names"))]
    each = "{{{{- range .Values.{0} }}}}", "- {{{{ {1} | quote }}}}", "{{{{- end }}}}"
    container["args"] = [
        argument.replace("name=gangwright", "name=" + template.inline("{{ .Release.Name }}")) for argument in fixed
    ] + [
        template.lines(*(line.format("schedulerNames", 'printf "--scheduler-name=%s" .') for line in each)),
        template.inline('{{ printf "--metrics-namespace=%s" .Values.metricsNamespace | quote }}'),
        template.lines(*(line.format("extraArgs", ".") for line in each)),
    ]


def daemon_set(template, one):
    pod = one["spec"]["template"]["spec"]
    secrets = ["{{- with .Values.imagePullSecrets }}", "imagePullSecrets:", "  {{- toYaml . | nindent 8 }}", "{{- end }}"]
    pod[template.lines(*secrets)] = None
    # A runtime that brings NVIDIA's library, where it is not the node's own.
    runtime = ["{{- with .Values.nodeAgent.runtimeClassName }}", "runtimeClassName: {{ . }}", "{{- end }}"]
    pod[template.lines(*runtime)] = None
    pod["nodeSelector"] = template.inline("{{- toYaml .Values.nodeAgent.nodeSelector | nindent 8 }}")
    container = pod["containers"][0]
    container["image"] = template.inline('"{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}"')
    pull = ["{{- with .Values.image.pullPolicy }}", "imagePullPolicy: {{ . }}", "{{- end }}"]
    container[template.lines(*pull)] = None
    container["args"].append(template.lines("{{- range .Values.nodeAgent.extraArgs }}", "- {{ . | quote }}", "{{- end }}"))
    pod["volumes"][0]["hostPath"]["path"] = template.inline("{{ .Values.nodeAgent.kubeletFolder | quote }}")


def template_of(one, condition=None):
    """An object as a template, present under a condition."""
    template = Template()
    one = named(template, one)
    if one["kind"] == "Deployment":
        deployment(template, one)
    if one["kind"] == "DaemonSet":
        daemon_set(template, one)
    if one["kind"] == "ResourceQuota":
        # The quota lets in whom the class names; without a critical class there is nothing to let in.
        condition = '.Values.priorityClassName | hasPrefix "system-"'
        one["spec"]["scopeSelector"]["matchExpressions"][0]["values"] = [
            template.inline("{{ .Values.priorityClassName | quote }}")
        ]
    if "volcano-scheduler.conf" in one.get("data", {}):
        one["data"]["volcano-scheduler.conf"] = template.inline("{{ toJson .Values.configuration }}")
    if "gangwright.json" in one.get("data", {}):
        one["data"]["gangwright.json"] = template.inline('{{ .Files.Get "files/gangwright.json" | toJson }}')
    text = template.text(one)
    if one["kind"] == "PrometheusRule":
        text = text.replace("gangwright_", "{{ .Values.metricsNamespace }}_")
    return f"{ORIGIN}\n" + (f"{{{{- if {condition} }}}}\n{text}{{{{- end }}}}\n" if condition else text)


VALUES = """\
# What the chart can be told. Without anything it is the same as deploy/overlays/secondary with disruption-budget.

image:
  repository: gangwright/gangwright
  # The chart's appVersion unless another is given.
  tag: ""
  # Kubernetes' own rule unless one is given.
  pullPolicy: ""
imagePullSecrets: []

# One decides, the others stand by.
replicas: 2

# Whose pods are placed: [volcano] takes the place of Volcano's scheduler.
schedulerNames: [gangwright]

# What the names of metrics begin with: volcano for dashboards that know Volcano's.
metricsNamespace: gangwright

# Further arguments of gangwright run, such as --log-format=json.
extraArgs: []

# A critical class lets no other pod push the scheduler out; a quota that some clusters ask for comes with it.
priorityClassName: system-cluster-critical
nodeSelector: {{}}
tolerations: []
resources:
{resources}
# Keeps all but one replica while nodes are drained, where the cluster has policy/v1: Kubernetes 1.21 and newer.
disruptionBudget:
  enabled: true

# A ServiceMonitor, alert rules and a Grafana dashboard: needs the Prometheus operator.
monitoring:
  enabled: false

# Publishes what each node is made of: docs/node-agent.md.
nodeAgent:
  enabled: false
  nodeSelector: {{kubernetes.io/os: linux}}
  # The runtime class that brings NVIDIA's library, where it is not the nodes' own runtime.
  runtimeClassName: ""
  # Where the nodes' kubelets keep their files.
  kubeletFolder: /var/lib/kubelet
  # Further arguments of gangwright node-agent, such as --publish-period=1h.
  extraArgs: []

# The file volcano-scheduler.conf: docs/configuration.md. --set-file configuration=FILE takes it from a file.
configuration: |
{configuration}"""

CHART_FILE = """\
{origin}
apiVersion: v2
name: gangwright
description: A gang scheduler for GPU training jobs
type: application
version: {version}
appVersion: {version}
kubeVersion: ">=1.20.0-0"
"""


def indented(text, by):
    return "".join(" " * by + line if line.strip() else line for line in text.splitlines(keepends=True))


def chart():
    """All files of the chart, by path."""
    base = kustomize(DEPLOY / "overlays/secondary")
    found = {}
    for (kind, _, name), one in base.items():
        if kind == "Namespace":
            continue  # helm install --create-namespace
        if kind == "Deployment":
            resources = one["spec"]["template"]["spec"]["containers"][0]["resources"]
        if kind == "ConfigMap":
            configuration = one["data"]["volcano-scheduler.conf"]
        found[f"templates/{kind.lower()}.yaml"] = template_of(one)
    budget = 'and .Values.disruptionBudget.enabled (.Capabilities.APIVersions.Has "policy/v1/PodDisruptionBudget")'
    for folder, condition in (("disruption-budget", budget), ("monitoring", ".Values.monitoring.enabled")):
        for (kind, _, name), one in kustomize(DEPLOY / "overlays" / folder).items():
            stem = "dashboard" if kind == "ConfigMap" else kind.lower()
            found[f"templates/{stem}.yaml"] = template_of(one, condition)
    for (kind, _, name), one in kustomize(DEPLOY / "overlays/node-agent").items():
        if kind != "Namespace":
            found[f"templates/node-agent-{kind.lower()}.yaml"] = template_of(one, ".Values.nodeAgent.enabled")
    found["files/gangwright.json"] = (MONITORING / "gangwright.json").read_text()
    for path in sorted((DEPLOY / "crds").glob("*.yaml")):
        if path.name != "kustomization.yaml":
            found[f"crds/{path.name}"] = path.read_text()
    found["values.yaml"] = f"{ORIGIN}\n" + VALUES.format(
        resources=indented(dump(resources), 2), configuration=indented(configuration, 2)
    )
    found["Chart.yaml"] = CHART_FILE.format(origin=ORIGIN, version=version())
    return {CHART / name: text for name, text in found.items()}


def main():
    require_kubectl()
    made = {
        DEPLOY / "overlays" / folder / "prometheusrule.yaml": prometheus_rule(prefix)
        for folder, prefix in (("monitoring", "gangwright"), ("monitoring-volcano", "volcano"))
    }
    is_check = sys.argv[1:] == ["--check"]
    if sys.argv[1:] and not is_check:
        fail("usage: scripts/deploy/generate.py [--check]")
    if not is_check:
        for path, text in made.items():
            path.write_text(text)
    # Made after the rules, which are part of it.
    made |= chart()
    surplus = [path for path in CHART.rglob("*") if path.is_file() and path not in made]
    if is_check:
        for path, text in made.items():
            old = path.read_text() if path.exists() else ""
            sys.stderr.writelines(
                difflib.unified_diff(old.splitlines(True), text.splitlines(True), str(path), "as it is made anew")
            )
        stale = [path for path, text in made.items() if not path.exists() or path.read_text() != text] + surplus
        if stale:
            fail(*(f"{path.relative_to(DEPLOY.parent)} is out of date" for path in stale), "run make helm-chart")
        return
    for path in surplus:
        path.unlink()
    for path, text in made.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


if __name__ == "__main__":
    main()
