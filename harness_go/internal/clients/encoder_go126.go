//go:build xtools && go1.26

package clients

// EncoderIsSafe says whether goroutines may share an Encoder.
const EncoderIsSafe = true
