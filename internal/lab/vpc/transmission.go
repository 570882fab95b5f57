package vpc

import (
	"net/netip"
	"sync"
	"sync/atomic"

	"provenendpoints/internal/trace"
)

// Transmission is one packet and what became of it.
type Transmission struct {
	// From is the host that sent it: the id of its interface, or the name of a public
	// host or service. To is the host that it was delivered to; empty if it was dropped.
	From, To string
	// Protocol is the IP protocol number.
	Protocol int
	// SentFrom and SentTo are the packet's source and destination as the sender wrote
	// them, Source and Destination those where it ended, with Protocol. They differ where the
	// packet was translated, or ended inside of another one on its way to an appliance.
	SentFrom, SentTo, Source, Destination netip.AddrPort
	// Drop says where and why it was dropped; the zero value if it was not.
	Drop Drop
	// Starts reports whether it opens a TCP connection.
	Starts bool
	// Trace is its way, hop by hop. [Network.Trace] alone tells it.
	Trace *trace.Trace
}

// Drop is the end of a packet that the network dropped, as silently as AWS does.
type Drop struct {
	// At is the id of the object that dropped it, or internet.
	At string
	// Reason is a short text.
	Reason string
}

// Watch calls f with every packet until stop is called, on the sender's goroutine and
// before the packet is delivered. f must not call the network. What a fault drops or
// delays has been delivered to f already.
func (n *Network) Watch(f func(Transmission)) (stop func()) { return n.watchers.add(f) }

// watchers are those who watch a network.
type watchers struct {
	mu   sync.Mutex
	list atomic.Pointer[[]*func(Transmission)] // nil: nobody watches
}

func (w *watchers) add(f func(Transmission)) (stop func()) {
	w.change(func(list []*func(Transmission)) []*func(Transmission) { return append(list, &f) })
	return sync.OnceFunc(func() {
		w.change(func(list []*func(Transmission)) []*func(Transmission) {
			for i, other := range list {
				if other == &f {
					return append(list[:i], list[i+1:]...)
				}
			}
			return list
		})
	})
}

// change replaces the list by a changed copy.
func (w *watchers) change(do func([]*func(Transmission)) []*func(Transmission)) {
	w.mu.Lock()
	defer w.mu.Unlock()
	var list []*func(Transmission)
	if old := w.list.Load(); old != nil {
		list = append(list, *old...)
	}
	if list = do(list); len(list) == 0 {
		w.list.Store(nil)
		return
	}
	w.list.Store(&list)
}

// call tells everybody who watches.
func (w *watchers) call(t Transmission) {
	if list := w.list.Load(); list != nil {
		for _, f := range *list {
			(*f)(t)
		}
	}
}
