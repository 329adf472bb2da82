//! Prints generated programs: `generate SEED COUNT [GO_MINOR]`. Each one is a txtar without
//! a scenario and follows a line `=== N`. With `--time` it prints only how fast it was.

use std::io::{BufWriter, Write};
use std::time::Instant;

use typerace::{generate, rng::Rng};

fn main() -> std::io::Result<()> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let numbers: Vec<u64> = args.iter().filter_map(|a| a.parse().ok()).collect();
    let (&[seed, count], rest) = numbers.split_at(numbers.len().min(2)) else {
        eprintln!("usage: generate SEED COUNT [GO_MINOR] [--time]");
        std::process::exit(2);
    };
    let mut options = generate::Options::default();
    if let Some(&minor) = rest.first() {
        options.go_minor = u32::try_from(minor).unwrap_or(options.go_minor);
    }
    let time = args.iter().any(|a| a == "--time");
    let mut out = BufWriter::new(std::io::stdout().lock());
    let (start, mut bytes) = (Instant::now(), 0);
    let mut making = std::time::Duration::ZERO;
    for i in 0..count {
        let mut rng = Rng::new(seed.wrapping_add(i));
        let before = Instant::now();
        let packages = generate::packages(&mut rng, &options);
        making += before.elapsed();
        if !time {
            writeln!(out, "=== {i}")?;
        }
        for package in &packages {
            for file in &package.files {
                let text = file.tree.print();
                bytes += text.len();
                if !time {
                    write!(out, "-- {}/{} --\n{text}", package.path, file.name)?;
                }
            }
        }
    }
    if time {
        let seconds = start.elapsed().as_secs_f64();
        let (n, bytes) = (count as f64, bytes as f64);
        let share = 100.0 * making.as_secs_f64() / seconds;
        writeln!(
            out,
            "{:.0} programs/s, {share:.0} % of the time in making them, the rest in printing; {:.0} bytes a program",
            n / seconds,
            bytes / n
        )?;
    }
    out.flush()
}
