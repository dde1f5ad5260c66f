package contract

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"testing"
)

var update = flag.Bool("update", false, "write parsed-model.json anew from contract.yaml")

func TestSnapshotIsCurrent(t *testing.T) {
	c, err := parse(Document())
	if err != nil {
		t.Fatal(err)
	}
	want, err := snapshotOf(c)
	if err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile("parsed-model.json", want, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if !bytes.Equal(snapshot, want) {
		t.Fatal("parsed-model.json does not follow from contract.yaml: run go generate ./protime/contract")
	}
}

// snapshotOf writes c with a line for each collection, so that a change shows where it is, and without zero
// values.
func snapshotOf(c *Contract) ([]byte, error) {
	head := *c
	head.Collections = nil
	raw, err := prunedJSON(head)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	b.Write(bytes.TrimSuffix(raw, []byte("}")))
	b.WriteString(",\"Collections\":[")
	for i, col := range c.Collections {
		if i > 0 {
			b.WriteByte(',')
		}
		raw, err := prunedJSON(col)
		if err != nil {
			return nil, err
		}
		b.WriteByte('\n')
		b.Write(raw)
	}
	b.WriteString("\n]}\n")
	return b.Bytes(), nil
}

func prunedJSON(v any) ([]byte, error) {
	raw, err := json.Marshal(v)
	if err != nil {
		return nil, err
	}
	var plain any
	if err := json.Unmarshal(raw, &plain); err != nil {
		return nil, err
	}
	return json.Marshal(prune(plain))
}

// prune drops members with a zero value, except limits: a minimum of 0 is not the same as none.
func prune(v any) any {
	switch v := v.(type) {
	case map[string]any:
		for name, m := range v {
			limit := name == "Minimum" || name == "Maximum"
			list, isList := m.([]any)
			if m == nil || m == "" || m == false || m == float64(0) && !limit || isList && len(list) == 0 {
				delete(v, name)
				continue
			}
			v[name] = prune(m)
		}
	case []any:
		for i := range v {
			v[i] = prune(v[i])
		}
	}
	return v
}
