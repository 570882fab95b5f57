package lambdatest

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"testing"
	"time"
)

// BenchmarkStart starts the function of the current folder repeatedly. It
// reports, as milliseconds and MB of 1,000,000 bytes: the time from the process
// to its first request for an invocation, the peak memory over one use, and the
// size for linux/arm64, unpacked and zipped. use invokes the function; base is
// where api is served. A [ResponseURL] is served at [ResponseTarget].
func BenchmarkStart(b *testing.B, use func(f *Function, base string), api http.Handler) {
	server := httptest.NewServer(api)
	defer server.Close()
	environment := append(ServeResponseURL(b, &ResponseURL{}), "AWS_ENDPOINT_URL="+server.URL)
	bootstrap := Build(b, ".", "")
	size, zipped := sizes(b, Build(b, ".", "arm64"))
	var started time.Duration
	var most int64
	for b.Loop() {
		f := Start(b, bootstrap, environment...)
		started += f.Started
		use(f, server.URL)
		_, peak := f.Stop()
		most = max(most, peak)
	}
	b.ReportMetric(started.Seconds()*1e3/float64(b.N), "start-ms")
	b.ReportMetric(float64(most)/1e6, "peak-MB")
	b.ReportMetric(float64(size)/1e6, "arm64-MB")
	b.ReportMetric(float64(zipped)/1e6, "zip-MB")
}

// sizes are those of a file and of a zip with nothing but it.
func sizes(b *testing.B, path string) (size, zipped int) {
	b.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		b.Fatal(err)
	}
	var buffer bytes.Buffer
	archive := zip.NewWriter(&buffer)
	archive.RegisterCompressor(zip.Deflate, func(w io.Writer) (io.WriteCloser, error) { return flate.NewWriter(w, flate.BestCompression) })
	entry, err := archive.Create("bootstrap")
	if err == nil {
		_, err = entry.Write(content)
	}
	if err == nil {
		err = archive.Close()
	}
	if err != nil {
		b.Fatal(err)
	}
	return len(content), buffer.Len()
}

// CheckSize compiles the package under test for Lambda's processor, and fails if
// the function has more than so many bytes, as Lambda unpacks it.
func CheckSize(t *testing.T, most int64) {
	t.Helper()
	info, err := os.Stat(Build(t, ".", "arm64"))
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%.2f MB", float64(info.Size())/1e6)
	if info.Size() > most {
		t.Errorf("%d bytes, more than %d", info.Size(), most)
	}
}
