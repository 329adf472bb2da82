#!/bin/sh
# A model of a fleet that shares through a storage: what N machines write, read and pay.
#
#   scripts/fleet-model.sh A B BYTES
#
# The distinct entries that s seconds of workers' time bring are A * ln(1 + s/B); docs/SCALING.md
# says how A and B were measured. BYTES is the mean size of an entry's object. Prices are those of a
# public list: 0.005 $ for 1,000 writes or lists, 0.0004 $ for 1,000 reads.
set -eu
awk -v A="$1" -v B="$2" -v bytes="$3" '
function distinct(s) { return A * log(1 + s / B) }

# One step is one exchange of 5 s. Machine i may write after its delay; it knows what others had
# written before the step.
function run(n, workers, hours,    t, step, shared, made, writing, objects, reads, lists, delay,
             first, minute, hour, later, seconds) {
    step = 5; delay = n < 600 ? n : 600
    shared = 0; objects = 0; reads = 0; lists = 0; first = 0
    for (t = step; t <= hours * 3600; t += step) {
        # What the workers of all machines have found by now, and what one machine has found alone.
        made = distinct(n * workers * t)
        writing = n * (t < delay ? t / delay : 1)
        seconds = workers * step
        # Entries of this step that a machine does not know of others: found by itself since it
        # last read, at the rate that is left when so much is known already.
        later = A * log((B + effective(shared) + seconds) / (B + effective(shared)))
        new = writing * later
        if (new < 0) new = 0
        objects += new
        shared = shared + new > made ? made : shared + new
        reads += new * (n - 1)
        lists += n * 2 * step / (t < 120 ? 5 : 12)
        if (t == 60) { minute = objects; reads1 = reads }
        if (t == 600) { ten = objects; reads10 = reads }
    }
    printf "| %d x %d | %.0f | %.0f | %.0f | %.1f | %.1f | %.0f | %.2f | %.2f |\n", n, workers,
        minute, objects, shared, objects / shared, objects * bytes / 1e6,
        lists / (hours * 3600), reads / 1e6,
        (objects * 0.005 + lists * 0.005 + reads * 0.0004) / 1000
    printf "  reads a second: %.0f in the first minute, %.0f until the tenth, %.0f after it\n",
        reads1 / 60, (reads10 - reads1) / 540, (reads - reads10) / (hours * 3600 - 600) > "/dev/stderr"
}
# The time of workers that the shared entries stand for.
function effective(entries) { return B * (exp(entries / A) - 1) }
BEGIN {
    print "| machines x workers | objects, 1 min | 1 h | distinct | objects each | MB | lists a second | million reads | $ an hour |"
    print "|---|---|---|---|---|---|---|---|---|"
    run(3, 8, 1); run(16, 4, 1); run(64, 1, 1); run(250, 4, 1); run(1000, 1, 1)
}'
