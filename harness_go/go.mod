module typerace/harness

go 1.21
