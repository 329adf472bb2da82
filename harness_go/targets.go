package main

import (
	"encoding/json"
	"io"

	"typerace/harness/target"
)

// targetsFlag makes the program print the operations that targets registered and exit.
const targetsFlag = "-targets"

// writeTargets writes the operations that targets registered as JSON.
func writeTargets(out io.Writer) error {
	type operation struct {
		Name  string `json:"name"`
		Does  string `json:"does"`
		Class string `json:"class"`
		Rule  string `json:"rule"`
		Place string `json:"place"`
	}
	all := []operation{}
	for _, op := range target.All() {
		all = append(all, operation{op.Name, op.Does, op.Class, op.Rule, op.Place})
	}
	return json.NewEncoder(out).Encode(all)
}
