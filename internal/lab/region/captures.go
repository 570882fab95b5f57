package region

import (
	"cmp"
	"sync"

	"provenendpoints/internal/lab/cfn"
	"provenendpoints/internal/lab/pcap"
	"provenendpoints/internal/lab/vpc"
)

// captures writes what every interface sends and receives into files.
type captures struct {
	region    *Region
	directory *pcap.Directory
	stop      func()

	mu     sync.Mutex
	owners map[string]owner  // of interfaces
	names  map[string]string // logical ids, by physical ids
}

// capture begins to capture into a folder; it is nil without one.
func (r *Region) capture(folder string) (*captures, error) {
	if folder == "" {
		return nil, nil
	}
	d, err := pcap.Create(folder)
	if err != nil {
		return nil, err
	}
	c := &captures{region: r, directory: d, owners: map[string]owner{}, names: map[string]string{}}
	c.stop = r.Network.Capture(c.packet)
	return c, nil
}

func (c *captures) packet(p vpc.Captured) {
	of := cmp.Or(p.Interface.ID, p.Host)
	c.mu.Lock()
	if _, known := c.owners[of]; !known {
		c.owners[of] = ownerOf(of, p.Interface)
	}
	c.mu.Unlock()
	c.directory.Write(of, c.region.clock.Now(), p.Packet)
}

// event takes the names of resources: deleted stacks have none.
func (c *captures) event(e cfn.Event) {
	if c == nil {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	addLogicalName(c.names, e)
}

// close ends the captures. The files get the names of what the interfaces belong to, with
// the interface's id.
func (c *captures) close() error {
	if c == nil {
		return nil
	}
	c.stop()
	c.mu.Lock()
	defer c.mu.Unlock()
	names := c.names
	return c.directory.Close(func(of string) string {
		switch name := cmp.Or(names[of], c.owners[of].name(names)); {
		case name == "":
			return of
		case c.owners[of].outside:
			return name
		default:
			return name + " " + of
		}
	})
}
