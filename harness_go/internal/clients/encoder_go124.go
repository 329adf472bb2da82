//go:build xtools && !go1.26

package clients

// EncoderIsSafe says whether goroutines may share an Encoder. That of golang.org/x/tools v0.42 has
// no lock.
const EncoderIsSafe = false
