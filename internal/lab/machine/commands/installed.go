package commands

import "sync"

// Packages are the packages that a machine takes as installed although they bring nothing.
type Packages struct {
	mu    sync.Mutex
	names []string
}

func (p *Packages) add(names []string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.names = append(p.names, names...)
}

// Any reports whether there are such packages.
func (p *Packages) Any() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.names) > 0
}
