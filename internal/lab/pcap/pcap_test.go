package pcap_test

import (
	"encoding/binary"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"provenendpoints/internal/lab/pcap"
)

// A capture has the header of the format, and each packet with its time and its length;
// each interface has a file of its own, whose name is given at the end.
func TestDirectory(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "new", "captures")
	d, err := pcap.Create(dir)
	if err != nil {
		t.Fatal(err)
	}
	at := time.Unix(1_700_000_000, 123_456_789)
	d.Write("eni-1", at, []byte("first"))
	d.Write("eni-2", at, make([]byte, 70_000)) // more than waits in memory
	d.Write("eni-1", at.Add(time.Nanosecond), []byte("second"))
	if err := d.Close(func(of string) string { return "instance Web/1 " + of }); err != nil {
		t.Fatal(err)
	}
	d.Write("eni-1", at, []byte("late"))
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	if want := []string{"instance-Web-1-eni-1.pcap", "instance-Web-1-eni-2.pcap"}; !slices.Equal(names, want) {
		t.Fatalf("files %v, want %v", names, want)
	}
	b, err := os.ReadFile(filepath.Join(dir, names[0]))
	if err != nil {
		t.Fatal(err)
	}
	u32 := func(at int) uint32 { return binary.LittleEndian.Uint32(b[at:]) }
	if u32(0) != 0xa1b23c4d || u32(4) != 2|4<<16 || u32(16) < 9001 || u32(20) != 101 {
		t.Errorf("the header is % x", b[:24])
	}
	if u32(24) != 1_700_000_000 || u32(28) != 123_456_789 || u32(32) != 5 || u32(36) != 5 || string(b[40:45]) != "first" {
		t.Errorf("the first packet is % x", b[24:45])
	}
	if u32(49) != 123_456_790 || string(b[61:]) != "second" {
		t.Errorf("the rest is % x", b[45:])
	}
	if b, err := os.ReadFile(filepath.Join(dir, names[1])); err != nil || len(b) != 24+16+70_000 {
		t.Errorf("the long packet's file has %d bytes, %v", len(b), err)
	}
}

// What cannot be written is an error at the end.
func TestCloseFails(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	d, err := pcap.Create(dir)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	d.Write("eni-1", time.Now(), []byte("x"))
	if err := d.Close(func(of string) string { return of }); err == nil {
		t.Error("no error, although the folder is gone")
	}
	if _, err := pcap.Create(filepath.Join(os.DevNull, "x")); err == nil {
		t.Error("a folder in a device")
	}
}
