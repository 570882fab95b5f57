package server

import (
	"io"
	"net/http"
	"strings"

	"provenendpoints/internal/lab/api"
	"provenendpoints/internal/lab/awserr"
	"provenendpoints/internal/lab/console"
)

// handler answers what the guard lets pass.
func (s *Server) handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /env", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		_, _ = io.WriteString(w, s.Environment()) // a client that is gone needs no answer
	})
	mux.Handle("GET /{$}", http.RedirectHandler("/console/", http.StatusFound))
	mux.Handle("/console/", console.New(s))
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if service, region, ok := scope(r); ok {
			s.api(w, r, service, region)
			return
		}
		mux.ServeHTTP(w, r)
	})
}

// scope returns the service and the Region that a request is signed for, or that it must be
// meant for without a signature. ok is false for requests that are no API's.
func scope(r *http.Request) (service, region string, ok bool) {
	credential := r.URL.Query().Get("X-Amz-Credential")
	if header := r.Header.Get("Authorization"); strings.HasPrefix(header, "AWS4-") {
		_, rest, _ := strings.Cut(header, "Credential=")
		credential, _, _ = strings.Cut(rest, ",")
	}
	if parts := strings.Split(strings.TrimSpace(credential), "/"); len(parts) == 5 {
		return parts[3], parts[2], true
	}
	target, content := r.Header.Get("X-Amz-Target"), r.Header.Get("Content-Type")
	switch {
	case target != "":
		return strings.ToLower(strings.Split(target, ".")[0]), "", true
	case r.Method == http.MethodPost && strings.HasPrefix(content, "application/x-www-form-urlencoded"), r.Header.Get("Authorization") != "":
		return "sts", "", true // which refuses it in the words of its protocol
	case strings.Contains(strings.ToLower(r.Host), ".s3.") || strings.HasPrefix(strings.ToLower(r.Host), "s3."):
		return "s3", "", true
	}
	return "", "", false
}

// api answers a request for a service in a Region. That of a global service may be signed
// for us-east-1, wherever the client is.
func (s *Server) api(w http.ResponseWriter, r *http.Request, service, name string) {
	if name == "" || name == globalRegion && s.regions.known(name) == nil && s.isGlobal(service) {
		name = s.options.Region
	}
	at, err := s.regions.of(name)
	if err != nil {
		refuse(w, r, awserr.WithStatus(http.StatusForbidden, "InvalidSignatureException", "Credential should be scoped to a valid region: %v", err))
		return
	}
	at.Cloud.Outside(service).ServeHTTP(w, r)
}

// globalRegion is the Region that requests to global services are signed for.
const globalRegion = "us-east-1"

// isGlobal reports whether a service has one endpoint for all Regions.
func (s *Server) isGlobal(service string) bool {
	home := s.regions.known(s.options.Region)
	return home != nil && home.Cloud.Global(service)
}

// refuse answers a request that no service gets.
func refuse(w http.ResponseWriter, r *http.Request, err error) {
	reply := api.JSON.Error(&api.Request{Request: r}, awserr.From(err))
	for name, values := range reply.Header {
		w.Header()[name] = values
	}
	w.WriteHeader(reply.Status)
	_, _ = w.Write(reply.Body) // a client that is gone needs no answer
}
