// Renders a Helm chart as Helm does, with the same template engine and functions: helm-template CHART RELEASE NAMESPACE
//
// Values that replace the chart's come from standard input, as YAML or JSON. Helm itself is not in Debian; what it is made
// of is: Go's text/template, sprig and sigs.k8s.io/yaml.
package main

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"text/template"

	"github.com/Masterminds/sprig"
	"sigs.k8s.io/yaml"
)

type values = map[string]interface{}

// files is what a template sees as .Files.
type files struct{ folder string }

func (f files) Get(name string) (string, error) {
	content, err := os.ReadFile(filepath.Join(f.folder, name))
	return string(content), err
}

// versions is what a template sees as .Capabilities.APIVersions.
type versions struct{}

func (versions) Has(string) bool { return true }

func toYAML(value interface{}) (string, error) {
	text, err := yaml.Marshal(value)
	return strings.TrimSuffix(string(text), "\n"), err
}

func merge(into, from values) values {
	for key, value := range from {
		below, isMap := value.(values)
		if old, wasMap := into[key].(values); isMap && wasMap {
			into[key] = merge(old, below)
		} else {
			into[key] = value
		}
	}
	return into
}

func read(content []byte, err error) (values, error) {
	result := values{}
	if err == nil {
		err = yaml.Unmarshal(content, &result)
	}
	return result, err
}

func render(folder, release, namespace string) error {
	chart, err := read(os.ReadFile(filepath.Join(folder, "Chart.yaml")))
	if err != nil {
		return err
	}
	defaults, err := read(os.ReadFile(filepath.Join(folder, "values.yaml")))
	if err != nil {
		return err
	}
	given, err := read(io.ReadAll(os.Stdin))
	if err != nil {
		return err
	}
	context := values{
		"Values":       merge(defaults, given),
		"Release":      values{"Name": release, "Namespace": namespace, "Service": "Helm"},
		"Chart":        values{"Name": chart["name"], "Version": chart["version"], "AppVersion": chart["appVersion"]},
		"Files":        files{folder},
		"Capabilities": values{"APIVersions": versions{}},
	}
	names, err := filepath.Glob(filepath.Join(folder, "templates", "*.yaml"))
	if err != nil {
		return err
	}
	sort.Strings(names)
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		functions := sprig.TxtFuncMap()
		functions["toYaml"] = toYAML
		parsed, err := template.New(name).Funcs(functions).Option("missingkey=zero").Parse(string(text))
		if err != nil {
			return err
		}
		var output bytes.Buffer
		if err := parsed.Execute(&output, context); err != nil {
			return err
		}
		// What Helm prints for a value that is missing without being asked for.
		fmt.Printf("---\n%s\n", strings.ReplaceAll(output.String(), "<no value>", ""))
	}
	return nil
}

func main() {
	if len(os.Args) != 4 {
		fmt.Fprintln(os.Stderr, "usage: helm-template CHART RELEASE NAMESPACE < VALUES")
		os.Exit(2)
	}
	if err := render(os.Args[1], os.Args[2], os.Args[3]); err != nil {
		fmt.Fprintln(os.Stderr, "helm-template:", err)
		os.Exit(1)
	}
}
