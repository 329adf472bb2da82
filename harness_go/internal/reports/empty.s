// Without an assembly file in the package the compiler wants a body for every
// function and refuses bare go:linkname variables.
