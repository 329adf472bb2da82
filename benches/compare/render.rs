//! docs/BENCHMARKS.md from the file of results.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use serde_json::Value;
use typerace::finding::{Known, Number};

use super::Failure;
use super::campaigns::RACES;
use super::results::{Entry, Results};

/// Writes the page. What was not measured is not on it.
pub fn write(results: &Results) -> Result<(), Failure> {
    let mut out = String::from(
        "# Benchmarks\n\nWritten by `make bench` from `benches/results.json`, which has every \
         measurement with its machine, load, date and commit. Do not edit. On a loaded machine, \
         compare figures only within a table.\n",
    );
    limit(results, &mut out)?;
    peer(results, &mut out)?;
    ablations(results, &mut out)?;
    survival(results, &mut out)?;
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/BENCHMARKS.md");
    Ok(typerace::files::replace(&path, out.as_bytes())?)
}

/// Where and when, of the entries of a table.
fn provenance(entries: &[&Entry], out: &mut String) -> Result<(), Failure> {
    let mut places: Vec<String> = entries
        .iter()
        .map(|e| {
            let (date, machine, go) = (&e.date, &e.machine, &e.go);
            format!("{date}, {machine}, {go}, typerace {} ({} build)", e.commit, e.build)
        })
        .collect();
    places.sort();
    places.dedup();
    let loads = entries.iter().map(|e| e.load);
    let most = loads.fold(0.0, f64::max);
    Ok(writeln!(out, "\n{}; load at the start up to {most:.1}.", places.join("; "))?)
}

fn number(v: &Value) -> f64 {
    v.as_f64().unwrap_or(0.0)
}

/// A figure with as many digits as it is worth; `–` where there is none.
fn show(v: &Value) -> String {
    match v.as_f64() {
        Some(n) if n >= 100.0 => format!("{n:.0}"),
        Some(n) if n >= 1.0 => format!("{n:.1}"),
        Some(n) => format!("{n:.3}"),
        None => "–".to_owned(),
    }
}

fn limit(results: &Results, out: &mut String) -> Result<(), Failure> {
    let entries: Vec<&Entry> = results.of("limit").collect();
    if entries.is_empty() {
        return Ok(());
    }
    out.push_str("\n## The limit: a harness alone, and a campaign\n");
    provenance(&entries, out)?;
    out.push_str(
        "\n| | test cases | median lines | harness alone, exec/s | campaign, exec/s | share | two harnesses at once, exec/s | the same, median size |\n\
         |---|---|---|---|---|---|---|---|\n",
    );
    for e in entries {
        let f = &e.figures;
        writeln!(
            out,
            "| {} | {} | {} | {} | {} | {} % | {} | {} |",
            e.key.join(", "),
            f["cases"],
            f["median_lines"],
            show(&f["harness_alone_per_second"]),
            show(&f["campaign_per_second"]),
            show(&f["percent"]),
            show(&f["two_harnesses_per_second"]),
            show(&f["two_harnesses_median_size_per_second"]),
        )?;
    }
    Ok(())
}

fn peer(results: &Results, out: &mut String) -> Result<(), Failure> {
    let entries: Vec<&Entry> = results.of("peer").collect();
    if entries.is_empty() {
        return Ok(());
    }
    out.push_str("\n## Compared with go test -fuzz -race\n");
    provenance(&entries, out)?;
    out.push_str(
        "\n| what | exec/s | parse | type-check | type-checked/s | coverage | findings, of them shown | first race after s | 79035 after s |\n\
         |---|---|---|---|---|---|---|---|---|\n",
    );
    for e in &entries {
        let f = &e.figures;
        let share = |n: &str| show(&(100.0 * number(&f[n]) / number(&f["execs"]).max(1.0)).into());
        writeln!(
            out,
            "| {} | {} | {} % | {} % | {} | {} | {}, {} | {} | {} |",
            e.key.join(", "),
            show(&f["execs_per_second"]),
            share("parsed"),
            share("type_checked"),
            show(&checked_per_second(f).into()),
            show(&f["coverage"]["hit"]),
            f["findings"],
            f["race_reports_shown"].as_u64().map_or("all".to_owned(), |n| n.to_string()),
            show(&f["seconds_to_first_race"]),
            show(&f["seconds_to_79035"]),
        )?;
    }
    // By what they started from and how long, typerace against each target.
    let ours = entries.iter().filter(|e| e.key[0] == "typerace");
    for ours in ours {
        for e in entries.iter().filter(|e| e.key[0] != "typerace" && e.key[1..] == ours.key[1..]) {
            let (a, b) = (checked_per_second(&ours.figures), checked_per_second(&e.figures));
            let times = if b > 0.0 { show(&(a / b).into()) } else { "infinitely many".to_owned() };
            let what = e.key.join(", ");
            writeln!(
                out,
                "\nType-checked executions per second: typerace has {times} times those of {what}."
            )?;
        }
    }
    out.push_str(
        "\nFuzzImporters runs two checkers that import complete packages, which is legal. \
         FuzzSharedInfo runs two that record into one types.Info. A fuzz test that fails stops, and \
         is restarted until the time is over, at most 20 times. Its findings are distinct pairs of \
         functions in the detector's log, which go test does not keep. go-fuzz runs with \
         halt_on_error, without which it sees no race. Coverage is what typerace counts when it \
         runs what the fuzzer kept, without test cases that do not parse.\n",
    );
    Ok(())
}

/// Executions a second in which everything type-checked.
fn checked_per_second(figures: &Value) -> f64 {
    number(&figures["type_checked"]) / number(&figures["seconds"]).max(1.0)
}

/// The middle of some times, where those that did not come count as late.
fn median(times: &mut [f64]) -> Option<f64> {
    times.sort_by(f64::total_cmp);
    times.get(times.len() / 2).copied().filter(|t| t.is_finite())
}

/// Entries by all of their key but the seed.
fn by_variant<'a>(entries: &[&'a Entry]) -> BTreeMap<Vec<String>, Vec<&'a Entry>> {
    let mut groups: BTreeMap<Vec<String>, Vec<&Entry>> = BTreeMap::new();
    for e in entries {
        let key = e.key.iter().filter(|k| !k.starts_with("seed ")).cloned().collect();
        groups.entry(key).or_default().push(e);
    }
    groups
}

fn ablations(results: &Results, out: &mut String) -> Result<(), Failure> {
    let entries: Vec<&Entry> = results.of("ablation").collect();
    if entries.is_empty() {
        return Ok(());
    }
    out.push_str("\n## With parts removed or added\n");
    provenance(&entries, out)?;
    out.push_str(
        "\nSeconds to each race: median (least to most); – means not within the time.\n\n\
         | variant | seeds | 79035 | 81122 | coverage | exec/s | findings, of them no breach |\n\
         |---|---|---|---|---|---|---|\n",
    );
    for (variant, entries) in by_variant(&entries) {
        let race = |issue: &str| {
            let mut times: Vec<f64> = (entries.iter())
                .map(|e| e.figures[issue]["seconds"].as_f64().unwrap_or(f64::INFINITY))
                .collect();
            let middle = median(&mut times).map_or("–".to_owned(), |t| format!("{t:.1}"));
            let end = |t: f64| if t.is_finite() { format!("{t:.1}") } else { "–".to_owned() };
            let (least, most) = (times[0], times[times.len() - 1]);
            format!("{middle} ({} to {})", end(least), end(most))
        };
        let middle = |of: &dyn Fn(&Value) -> f64| {
            let mut values: Vec<f64> = entries.iter().map(|e| of(&e.figures)).collect();
            show(&median(&mut values).into())
        };
        writeln!(
            out,
            "| {} | {} | {} | {} | {} | {} | {}, {} |",
            variant.join(", "),
            entries.len(),
            race("79035"),
            race("81122"),
            middle(&|f| number(&f["coverage"]["hit"])),
            middle(&|f| number(&f["execs_per_second"])),
            middle(&|f| number(&f["findings"])),
            middle(&|f| number(&f["not_contract"])),
        )?;
    }
    Ok(())
}

fn survival(results: &Results, out: &mut String) -> Result<(), Failure> {
    let entries: Vec<&Entry> = results.of("survival").collect();
    if entries.is_empty() {
        return Ok(());
    }
    out.push_str("\n## Time to known races\n");
    provenance(&entries, out)?;
    out.push_str(
        "\nThe number of seeds that found the race within the time, out of all seeds. A campaign \
         ends when it has found all of these races that its release is known to have.\n\n\
         | campaign | race | 10 s | 1 min | 2 min | 5 min | median s | most s |\n|---|---|---|---|---|---|---|---|\n",
    );
    let known = Known::shipped();
    for (variant, entries) in by_variant(&entries) {
        let has = |issue: &u64| known.affects(&Number::Number(*issue), &variant[0]);
        let issues = RACES.into_iter().filter(has).map(|issue| issue.to_string());
        for race in issues.chain(["contract".to_owned()]) {
            let mut times: Vec<f64> = (entries.iter())
                .map(|e| e.figures[&race]["seconds"].as_f64().unwrap_or(f64::INFINITY))
                .collect();
            let within = |t: f64| {
                let n = times.iter().filter(|&&x| x <= t).count();
                format!("{n} of {}", times.len())
            };
            let [ten, one, two, five] = [10.0, 60.0, 120.0, 300.0].map(within);
            let middle = median(&mut times).map_or("–".to_owned(), |t| format!("{t:.1}"));
            // In the order of time since the median was taken.
            let most = times.last().filter(|t| t.is_finite());
            let most = most.map_or("–".to_owned(), |t| format!("{t:.1}"));
            let campaign = variant.join(", ");
            writeln!(
                out,
                "| {campaign} | {race} | {ten} | {one} | {two} | {five} | {middle} | {most} |"
            )?;
        }
    }
    Ok(())
}
