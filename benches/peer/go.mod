module typerace/benches/peer

go 1.21
