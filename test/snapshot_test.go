package test

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/google/go-cmp/cmp"

	"provenendpoints/internal/test/assembled"
)

var update = flag.Bool("update", false, "write the snapshots instead of comparing with them")

// assetKey is where a template names an asset by the hash of its content, digest
// where a proof holds the digest of a stack.
var (
	assetKey = regexp.MustCompile(`"[0-9a-f]{64}\.zip"`)
	codeHash = regexp.MustCompile(`(\\?"Code\\?": ?\\?")[A-Za-z0-9+/]{43}=`)
	digest   = regexp.MustCompile(`("Stacks": \{\s*"\w+": |"(?:Digest|Proofs)": )"[0-9a-f]{64}"`)
)

// normalize makes a template comparable. It replaces the hashes of assets and of the
// probers' code, which change with every change of the functions, the digests, which
// change with the hashes, and nothing else.
func normalize(t *testing.T, data []byte) []byte {
	t.Helper()
	var indented bytes.Buffer
	if err := json.Indent(&indented, data, "", "  "); err != nil {
		t.Fatal(err)
	}
	normal := assetKey.ReplaceAll(indented.Bytes(), []byte(`"ASSET.zip"`))
	normal = codeHash.ReplaceAll(normal, []byte(`${1}CODE`))
	return append(digest.ReplaceAll(normal, []byte(`$1"DIGEST"`)), '\n')
}

// The templates are what they were. After an intended change:
//
//	go test ./test -run Snapshot -update
func TestSnapshots(t *testing.T) {
	t.Parallel()
	for _, stack := range assembled.Scenarios {
		t.Run(stack, func(t *testing.T) {
			t.Parallel()
			data, err := os.ReadFile(filepath.Join(assembly, stack+".template.json"))
			if err != nil {
				t.Fatal(err)
			}
			got := normalize(t, data)
			file := filepath.Join("testdata", stack+".template.json")
			if *update {
				if err := os.MkdirAll("testdata", 0o755); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(file, got, 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatalf("%v (go test ./test -run Snapshot -update writes it)", err)
			}
			if diff := cmp.Diff(string(want), string(got)); diff != "" {
				t.Errorf("differs from %s (-want +got):\n%s", file, diff)
			}
		})
	}
}

func TestNormalize(t *testing.T) {
	t.Parallel()
	const hash = "7c38171d7e8e5f415c25ccce9c063dabd0e76bda7dd3c7f7cd8a3ec0e37e89a1"
	got := string(normalize(t, []byte(`{"S3Key":"`+hash+`.zip","Stacks":{"S":"`+hash+`"},"Other":"`+hash+`","Subnet":"10.0.0.0/24"}`)))
	want := "{\n  \"S3Key\": \"ASSET.zip\",\n  \"Stacks\": {\n    \"S\": \"DIGEST\"\n  },\n  \"Other\": \"" + hash + "\",\n  \"Subnet\": \"10.0.0.0/24\"\n}\n"
	if got != want {
		t.Errorf("got %s, want the hashes of the asset and of the stack replaced and nothing else:\n%s", got, want)
	}
}
