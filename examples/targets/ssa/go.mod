module example.org/ssatarget

go 1.26.0

require (
	golang.org/x/tools v0.52.0
	typerace/harness v0.0.0
)

// For editors and go vet; typerace itself has the harness inside.
replace typerace/harness => ../../../harness_go
