package s3

import (
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/base64"
	"hash"
	"hash/crc32"
	"hash/crc64"
	"net/http"
	"strings"

	"provenendpoints/internal/lab/api"
	"provenendpoints/internal/lab/awserr"
)

// checksumHeader is how the headers with checksums begin, in Go's spelling.
const checksumHeader = "X-Amz-Checksum-"

// algorithms are the checksums of S3
// (docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity-upload.html). The
// last one's polynomial is that of NVME, reflected.
var algorithms = map[string]func() hash.Hash{
	"Crc32":     func() hash.Hash { return crc32.NewIEEE() },
	"Crc32c":    func() hash.Hash { return crc32.New(crc32.MakeTable(crc32.Castagnoli)) },
	"Sha1":      sha1.New,
	"Sha256":    sha256.New,
	"Crc64nvme": func() hash.Hash { return crc64.New(crc64.MakeTable(0x9a6c9329ac4bc9b5)) },
}

// checksums are those that a request declares, by header.
func checksums(r *api.Request) map[string]string {
	out := map[string]string{}
	for name := range algorithms {
		if value := r.Header.Get(checksumHeader + name); value != "" {
			out[checksumHeader+name] = value
		}
	}
	return out
}

// checkBody refuses a body that is not what the request declares.
func checkBody(r *api.Request) error {
	sum := func(h hash.Hash) string {
		h.Write(r.Body) // never fails
		return base64.StdEncoding.EncodeToString(h.Sum(nil))
	}
	if declared := r.Header.Get("Content-Md5"); declared != "" && declared != sum(md5.New()) {
		return awserr.WithStatus(http.StatusBadRequest, "BadDigest", "The Content-MD5 you specified did not match what we received.")
	}
	for name, declared := range checksums(r) {
		algorithm := strings.TrimPrefix(name, checksumHeader)
		if declared != sum(algorithms[algorithm]()) {
			return awserr.WithStatus(http.StatusBadRequest, "BadDigest", "The %s you specified did not match the calculated checksum.", strings.ToUpper(algorithm))
		}
	}
	return nil
}
