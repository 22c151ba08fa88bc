#!/usr/bin/python3
"""Checks deploy/: scripts/deploy/check.py

That every kustomization can be made; that what is made from others is up to date; that the Helm chart, rendered, is what
kustomize makes, object by object; that promtool accepts and tests the alerts and accepts the dashboard's queries; and that
every metric that they name is one that the program has, with its labels.
"""

import json
import os
import re
import tempfile
from pathlib import Path

import yaml

from manifests import CHART, DEPLOY, MONITORING, ROOT, fail, kustomize, objects, require_kubectl, run, version

# What the API servers of Kubernetes 1.20 and of 1.36 both have, by folder where only newer ones do or an operator brings
# it.
EVERYWHERE = {"v1", "apps/v1", "rbac.authorization.k8s.io/v1", "apiextensions.k8s.io/v1"}
ELSEWHERE = {
    "disruption-budget": {"policy/v1"},
    "monitoring": {"monitoring.coreos.com/v1"},
    "monitoring-volcano": {"monitoring.coreos.com/v1"},
}
# Labels that Prometheus adds to what it collects, and that histograms have.
COLLECTED = {"namespace", "job", "pod", "le"}
# Metrics of others.
KUBELETS = {"container_memory_working_set_bytes", "container_cpu_usage_seconds_total"}


# MARK: Kustomize and Helm


def check_manifests():
    image = f"gangwright/gangwright:{version()}"
    for folder in sorted(path.parent for path in DEPLOY.rglob("kustomization.yaml")):
        for (kind, namespace, name), one in kustomize(folder).items():
            allowed = EVERYWHERE | ELSEWHERE.get(folder.name, set())
            if one["apiVersion"] not in allowed:
                fail(f"{folder}: {kind} {name}: not all API servers have {one['apiVersion']}")
            if namespace not in ("", "gangwright-system"):
                fail(f"{folder}: {kind} {name} is in {namespace}, expected gangwright-system")
            if kind in ("Deployment", "DaemonSet") and one["spec"]["template"]["spec"]["containers"][0]["image"] != image:
                fail(f"{folder}: the image is not {image}")


def reads(folder):
    """What the cluster role of a folder may read, and which verbs it has in all."""
    (role,) = [one for (kind, _, _), one in kustomize(folder).items() if kind == "ClusterRole"]
    rules = [rule for rule in role["rules"] if {"list", "watch"} <= set(rule["verbs"])]
    pairs = {(group, resource) for rule in rules for group in rule["apiGroups"] for resource in rule["resources"]}
    return pairs, {verb for rule in role["rules"] for verb in rule["verbs"]}


def check_shadow():
    """A shadow sees all that a scheduler sees, and may do nothing."""
    (seen, _), (shown, verbs) = reads(DEPLOY / "base"), reads(DEPLOY / "overlays/shadow")
    if seen - shown:
        fail(f"deploy/overlays/shadow: the role may not read {sorted(seen - shown)}")
    if verbs != {"get", "list", "watch"}:
        fail(f"deploy/overlays/shadow: the role may do {sorted(verbs)}, expected to read only")


def check_sweep():
    """A part for each pod, the image of this version, and nothing that a pod may not do."""
    made = objects((DEPLOY / "sweep/sweep.yaml").read_text())
    scenario, job = made["ConfigMap", "", "sweep-scenario"], made["Job", "", "sweep"]["spec"]
    pod = job["template"]["spec"]
    container = pod["containers"][0]
    if job["completionMode"] != "Indexed" or f"--shard=$(PART)/{job['completions']}" not in container["args"]:
        fail("deploy/sweep: the Job has not as many parts as completions")
    if container["image"] != f"gangwright/gangwright:{version()}":
        fail(f"deploy/sweep: the image is not that of {version()}")
    file = container["args"][1].removeprefix(container["volumeMounts"][0]["mountPath"] + "/")
    if pod["volumes"][0]["configMap"]["name"] != scenario["metadata"]["name"] or file not in scenario["data"]:
        fail(f"deploy/sweep: the pod does not find {file}")


def rendered(program, values, release="gangwright", namespace="gangwright-system"):
    return objects(run(program, CHART, release, namespace, text=json.dumps(values)))


def expect_same(title, chart, *folders):
    """The chart's objects are those of some overlays, without the namespace."""
    expected = {}
    for folder in folders:
        expected |= kustomize(DEPLOY / "overlays" / folder)
    expected = {key: one for key, one in expected.items() if key[0] != "Namespace"}
    for key in sorted(expected.keys() | chart.keys()):
        if expected.get(key) != chart.get(key):
            fail(f"the chart with {title}: {key} is not what kustomize makes", f"{chart.get(key)}", f"{expected.get(key)}")


def check_chart(folder):
    program = f"{folder}/helm-template"
    source = ROOT / "scripts/deploy/helm-template"
    os.environ |= {"GO111MODULE": "off", "GOPATH": "/usr/share/gocode", "GOFLAGS": ""}
    run("go", "build", "-o", program, str(source / "main.go"))
    expect_same("its own values", rendered(program, {}), "secondary", "disruption-budget")
    monitored = {"monitoring": {"enabled": True}}
    expect_same("monitoring", rendered(program, monitored), "secondary", "disruption-budget", "monitoring")
    agent = {"nodeAgent": {"enabled": True}}
    expect_same("the node agent", rendered(program, agent), "secondary", "disruption-budget", "node-agent")
    volcano = monitored | {
        "schedulerNames": ["volcano"],
        "metricsNamespace": "volcano",
        "configuration": (DEPLOY / "overlays/volcano/volcano-scheduler.conf").read_text(),
    }
    expect_same("Volcano's names", rendered(program, volcano), "volcano", "disruption-budget", "monitoring-volcano")
    check_settings(program)


def check_settings(program):
    """Every value arrives, and nothing of another release's name stays."""
    values = {
        "image": {"repository": "example.com/gw", "tag": "9", "pullPolicy": "Always"},
        "imagePullSecrets": [{"name": "secret"}],
        "replicas": 3,
        "schedulerNames": ["one", "two"],
        "extraArgs": ["--log-format=json", "--kube-api-qps=50"],
        "priorityClassName": "important",
        "nodeSelector": {"pool": "system"},
        "tolerations": [{"operator": "Exists"}],
        "resources": {"requests": {"cpu": 1, "memory": "2Gi"}, "limits": {"memory": "4Gi"}},
        "disruptionBudget": {"enabled": False},
        "nodeAgent": {
            "enabled": True,
            "nodeSelector": {"gpu": "yes"},
            "runtimeClassName": "nvidia",
            "kubeletFolder": "/data/kubelet",
            "extraArgs": ["--publish-period=1h"],
        },
    }
    made = rendered(program, values, "blue", "teams")
    kinds = {kind for kind, _, _ in made}
    if kinds & {"ResourceQuota", "PodDisruptionBudget", "ServiceMonitor"}:
        fail(f"the chart makes what it is told not to: {sorted(kinds)}")
    deployment = made["Deployment", "teams", "blue"]
    pod = deployment["spec"]["template"]["spec"]
    container = pod["containers"][0]
    arguments = container["args"][-5:]
    found = [deployment["spec"]["replicas"], container["image"], container["imagePullPolicy"], container["resources"]]
    found += [pod[key] for key in ("imagePullSecrets", "priorityClassName", "nodeSelector", "tolerations")] + arguments
    expected = [3, "example.com/gw:9", "Always", values["resources"]]
    expected += [values[key] for key in ("imagePullSecrets", "priorityClassName", "nodeSelector", "tolerations")]
    expected += ["--scheduler-name=one", "--scheduler-name=two", "--metrics-namespace=gangwright"] + values["extraArgs"]
    if found != expected:
        fail("the chart does not heed its values:", f"{found}", f"{expected}")
    pod = made["DaemonSet", "teams", "blue-node-agent"]["spec"]["template"]["spec"]
    container = pod["containers"][0]
    found = [pod["nodeSelector"], pod["runtimeClassName"], pod["volumes"][0]["hostPath"]["path"], container["args"][-1]]
    found += [container["image"], container["imagePullPolicy"], pod["imagePullSecrets"], pod["serviceAccountName"]]
    # Helm merges maps.
    expected = [{"gpu": "yes", "kubernetes.io/os": "linux"}, "nvidia", "/data/kubelet", "--publish-period=1h"]
    expected += ["example.com/gw:9", "Always", values["imagePullSecrets"], "blue-node-agent"]
    if found != expected:
        fail("the chart's node agent does not heed its values:", f"{found}", f"{expected}")
    if "gangwright-system" in json.dumps(list(made.values())):
        fail("the chart names the namespace gangwright-system in another one")


# MARK: Metrics


def definitions():
    """The labels of every series that the program has, by name without namespace."""
    source = (ROOT / "Sources/ClusterAdapter/Operations/Metrics+Definitions.swift").read_text()
    found = {}
    bodies = re.findall(r"Definition\((.*?)\),?\n(?=        Definition|    \])", source, re.DOTALL)
    for body in bodies:
        name, kind = re.search(r'name: "(\w+)"', body)[1], re.search(r"kind: \.(\w+)", body)[1]
        labels = set(re.findall(r'"(\w+)"', (re.search(r"labels: \[(.*?)\]", body) or ["", ""])[1]))
        for suffix in ("_bucket", "_sum", "_count") if kind == "histogram" else ("",):
            found[name + suffix] = labels
    if len(bodies) != source.count(" Definition("):
        fail("the definitions of metrics cannot be read any more: scripts/deploy/check.py expects another form of them")
    return found


def check_names(where, expression, prefix, known):
    for name, matchers in re.findall(rf"\b{prefix}_(\w+)(?:\{{(.*?)\}})?", expression):
        if name not in known:
            fail(f"{where}: the program has no metric {prefix}_{name}")
        labels = set(re.findall(r"(\w+)\s*(?:=~|!~|!=|=)", matchers)) - COLLECTED - known[name]
        if labels:
            fail(f"{where}: {prefix}_{name} has no label {', '.join(sorted(labels))}")
    for name in re.findall(r"\bcontainer_\w+", expression):
        if name not in KUBELETS:
            fail(f"{where}: {name} is nobody's metric")


def check_alerts(known):
    run("promtool", "check", "rules", str(MONITORING / "alerts.yaml"))
    run("promtool", "test", "rules", str(MONITORING / "alerts.test.yaml"))
    tests = (MONITORING / "alerts.test.yaml").read_text()
    for folder, prefix in (("monitoring", "gangwright"), ("monitoring-volcano", "volcano")):
        rules = yaml.safe_load((DEPLOY / "overlays" / folder / "prometheusrule.yaml").read_text())
        for rule in rules["spec"]["groups"][0]["rules"]:
            name = rule["alert"]
            if set(rule["annotations"]) != {"summary", "description", "action"} or set(rule["labels"]) != {"severity"}:
                fail(f"{name}: expected summary, description, action and a severity")
            if name not in tests:
                fail(f"{name}: no test in alerts.test.yaml")
            check_names(name, rule["expr"], prefix, known)


def queries(panels):
    for panel in panels:
        yield from ((panel["title"], target["expr"]) for target in panel.get("targets", []))
        yield from queries(panel.get("panels", []))


def check_dashboard(folder, known):
    dashboard = json.loads((MONITORING / "gangwright.json").read_text())
    numbers = [panel["id"] for panel in dashboard["panels"]]
    if len(set(numbers)) != len(numbers):
        fail("gangwright.json: two panels have the same id")
    asked = list(queries(dashboard["panels"]))
    for variable in dashboard["templating"]["list"]:
        label_values = re.fullmatch(r"label_values\((.*), \w+\)", variable.get("definition", ""))
        asked += [(variable["name"], label_values[1])] if label_values else []
    for prefix in ("gangwright", "volcano"):
        rules = []
        for title, query in asked:
            query = query.replace("${prefix}", prefix).replace("$__rate_interval", "5m")
            check_names(f"gangwright.json: {title}", query, prefix, known)
            rules.append({"record": f"query{len(rules)}", "expr": query})
        file = Path(folder) / "queries.yaml"
        file.write_text(yaml.safe_dump({"groups": [{"name": "dashboard", "rules": rules}]}))
        run("promtool", "check", "rules", "--lint=none", str(file))
    return len(asked)


def main():
    require_kubectl()
    run("scripts/deploy/generate.py", "--check")
    check_manifests()
    check_shadow()
    check_sweep()
    known = definitions()
    check_alerts(known)
    with tempfile.TemporaryDirectory() as folder:
        check_chart(folder)
        count = check_dashboard(folder, known)
    print(f"deploy/ is as it must be: overlays, sweep, chart, alerts, {count} queries, {len(known)} series")


if __name__ == "__main__":
    main()
