package proof

import (
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"net/netip"

	"github.com/miekg/dns"
)

// datagramSize is the size in bytes of a UDP reply that needs no fragments
// (www.dnsflagday.net/2020). Larger replies are read too.
const datagramSize = 1232

// exchange asks one server over UDP, and over TCP if the reply was truncated.
func (n Network) exchange(ctx context.Context, server netip.AddrPort, question *dns.Msg) (*dns.Msg, error) {
	reply, err := n.exchangeOver(ctx, "udp", server, question)
	if err == nil && reply.Truncated {
		reply, err = n.exchangeOver(ctx, "tcp", server, question)
	}
	return reply, err
}

// exchangeOver sends the question, over UDP again every second, until it is
// answered. A reply counts only if it answers this very question. Others are
// ignored, because an attacker may send guesses.
func (n Network) exchangeOver(ctx context.Context, network string, server netip.AddrPort, question *dns.Msg) (*dns.Msg, error) {
	message, err := question.Pack()
	if err != nil {
		return nil, fmt.Errorf("the question cannot be asked: %w", err)
	}
	send, receive := sendDatagram, receiveDatagram
	if network == "tcp" {
		send, receive = sendFrame, receiveFrame
	}
	conn, err := n.dial(ctx, network, server.String())
	if err != nil {
		return nil, unanswered(ctx, server, classify(ctx, server, err))
	}
	defer conn.Close()
	if err := send(conn, message); err != nil {
		return nil, unanswered(ctx, server, err)
	}
	if network == "udp" {
		resend, cancel := context.WithCancel(ctx)
		defer cancel()
		go func() {
			for n.Clock.Sleep(resend, resendAfter) == nil && send(conn, message) == nil {
			}
		}()
	}
	buffer := make([]byte, dns.MaxMsgSize)
	for {
		length, err := receive(conn, buffer)
		if err != nil {
			return nil, unanswered(ctx, server, err)
		}
		reply := new(dns.Msg)
		if reply.Unpack(buffer[:length]) == nil && answersQuestion(question, reply) {
			return reply, nil
		}
	}
}

// unanswered says why a question found no answer.
func unanswered(ctx context.Context, server netip.AddrPort, err error) error {
	if ctx.Err() != nil {
		return noAnswer(server)
	}
	return fmt.Errorf("%w: %w", noAnswer(server), err)
}

// noAnswer is the error of a resolver that stays silent.
func noAnswer(server netip.AddrPort) error {
	return fmt.Errorf("the resolver %s did not answer", server.Addr())
}

// answersQuestion reports whether the reply answers the question.
func answersQuestion(question, reply *dns.Msg) bool {
	if !reply.Response || reply.Id != question.Id || len(reply.Question) != 1 {
		return false
	}
	asked, got := question.Question[0], reply.Question[0]
	return got.Qtype == asked.Qtype && got.Qclass == asked.Qclass &&
		dns.CanonicalName(got.Name) == dns.CanonicalName(asked.Name)
}

func sendDatagram(conn net.Conn, message []byte) error {
	_, err := conn.Write(message)
	return err
}

func receiveDatagram(conn net.Conn, buffer []byte) (int, error) { return conn.Read(buffer) }

// sendFrame writes a message with its length before it, as DNS does over TCP
// (RFC 1035, 4.2.2).
func sendFrame(conn net.Conn, message []byte) error {
	frame := binary.BigEndian.AppendUint16(nil, uint16(len(message)))
	_, err := conn.Write(append(frame, message...))
	return err
}

func receiveFrame(conn net.Conn, buffer []byte) (int, error) {
	var length uint16
	if err := binary.Read(conn, binary.BigEndian, &length); err != nil {
		return 0, err
	}
	return io.ReadFull(conn, buffer[:length])
}
