// Package pcap writes packets into capture files, one for each interface, that Wireshark
// and tcpdump open. Packets begin with their IP header: the lab's network has no link
// layer. The format is that of draft-ietf-opsawg-pcap, with times in nanoseconds.
//
// It knows nothing of networks: who captures names the files.
package pcap

import (
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"
	"unicode"
)

// The header of a file: a magic number, which says that times are in nanoseconds, the
// version, and the type of the links, of which this one is packets that begin with their
// IP header.
const (
	magic      = 0xa1b23c4d
	major      = 2
	minor      = 4
	maxPacket  = 1 << 16
	linkRaw    = 101
	headerSize = 24
)

// Directory is a folder with capture files. Its methods may be called concurrently.
type Directory struct {
	path string

	mu    sync.Mutex
	files map[string]*file
	err   error
	done  bool
}

// file is a capture. What is not written yet is in pending.
type file struct {
	name    string // in the folder
	pending []byte
}

// flushAt is how many bytes of a file wait in memory.
const flushAt = 1 << 16

// Create makes a folder, if there is none, for captures. Files of an earlier capture
// there are written anew if they have the same name, and stay otherwise.
func Create(path string) (*Directory, error) {
	if err := os.MkdirAll(path, 0o755); err != nil {
		return nil, fmt.Errorf("a folder for captures: %w", err)
	}
	return &Directory{path: path, files: map[string]*file{}}, nil
}

// Write adds a packet to the capture of an interface. An error is returned by Close.
func (d *Directory) Write(of string, at time.Time, packet []byte) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.done || d.err != nil {
		return
	}
	f := d.files[of]
	if f == nil {
		f = &file{name: Name(of)}
		d.files[of] = f
		f.pending = header()
		if err := os.WriteFile(filepath.Join(d.path, f.name), nil, 0o644); err != nil {
			d.err = err
			return
		}
	}
	f.pending = binary.LittleEndian.AppendUint32(f.pending, uint32(at.Unix()))
	f.pending = binary.LittleEndian.AppendUint32(f.pending, uint32(at.Nanosecond()))
	f.pending = binary.LittleEndian.AppendUint32(f.pending, uint32(len(packet)))
	f.pending = binary.LittleEndian.AppendUint32(f.pending, uint32(len(packet)))
	f.pending = append(f.pending, packet...)
	if len(f.pending) >= flushAt {
		d.err = d.flush(f)
	}
}

func header() []byte {
	b := make([]byte, 0, headerSize)
	b = binary.LittleEndian.AppendUint32(b, magic)
	b = binary.LittleEndian.AppendUint16(b, major)
	b = binary.LittleEndian.AppendUint16(b, minor)
	b = binary.LittleEndian.AppendUint64(b, 0) // time zone and accuracy: unused
	b = binary.LittleEndian.AppendUint32(b, maxPacket)
	return binary.LittleEndian.AppendUint32(b, linkRaw)
}

// flush appends to the file what waits. No file stays open: there may be more of them
// than a process may have open.
func (d *Directory) flush(f *file) error {
	out, err := os.OpenFile(filepath.Join(d.path, f.name), os.O_APPEND|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	_, err = out.Write(f.pending)
	f.pending = f.pending[:0]
	return errors.Join(err, out.Close())
}

// Close writes what waits, and gives each file the name that name returns for its
// interface. What comes afterwards is not captured.
func (d *Directory) Close(name func(of string) string) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.done {
		return nil
	}
	d.done = true
	errs := []error{d.err}
	for of, f := range d.files {
		errs = append(errs, d.flush(f))
		if better := Name(name(of)); better != f.name {
			errs = append(errs, os.Rename(filepath.Join(d.path, f.name), filepath.Join(d.path, better)))
		}
	}
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("write captures: %w", err)
	}
	return nil
}

// Name is the name of the file for a text: letters, digits, dots, hyphens and
// underscores stay, and everything else becomes a hyphen.
func Name(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) || strings.ContainsRune(".-_", r) {
			return r
		}
		return '-'
	}, strings.TrimLeft(text, ".")) + ".pcap"
}
