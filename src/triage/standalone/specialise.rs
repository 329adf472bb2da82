//! Searches for one question about one type that shows a finding whose scenario walks over all
//! types. A generated program, the probe, tries every question that it can ask.

use std::collections::BTreeMap;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use super::forms::{Slot, slots};
use super::options::Options;
use super::run::{RunError, Runner, Tried};
use super::write::Crash;
use crate::finding::{Direct, Kind};
use crate::harness::Toolchain;

/// How long one search may take.
const LIMIT: Duration = Duration::from_secs(8);
/// Attempts with each question, and the number of the cheapest questions to try. If no question
/// shows the finding, the schedule may be rare, so fewer questions get more attempts.
const SEARCHES: [(u32, usize); 2] = [(3, 600), (50, 60)];

/// The questions that a program can ask in a slot.
#[derive(Clone, Debug)]
struct Candidate {
    cost: u32,
    value: String,
    other: Option<String>,
    ask: String,
}

/// The content of a slot in a trial: everything, or one candidate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    General,
    Early(usize),
    Late(usize),
}

impl Form {
    fn wire(self) -> String {
        match self {
            Form::General => "general 0".to_owned(),
            Form::Early(n) => format!("early {n}"),
            Form::Late(n) => format!("late {n}"),
        }
    }
}

/// Questions that replace walks and queries and still show the finding.
///
/// # Errors
/// The program does not build or run.
pub fn specialise(
    crash: &Crash,
    options: &Options,
    go: &Toolchain,
    interrupted: &AtomicBool,
) -> Result<Vec<Direct>, RunError> {
    let plan = crash.plan();
    let slots = slots(&plan);
    let alone = crash.scenario.go.len() == 1;
    let kind = crash.finding.kind;
    let fits = matches!(kind, Kind::DataRace | Kind::Fatal | Kind::Panic)
        || kind == Kind::Deadlock && alone;
    // State that is computed once per process allows only one try in each process.
    if slots.is_empty() || crash.scenario.fresh || !fits {
        return Ok(Vec::new());
    }
    let probe = Options { probe: true, direct: Vec::new(), ..options.clone() };
    let runner = Runner::build(&crash.program(&probe), go, crash.needs_race(), interrupted)?;
    let mut forms = vec![Form::General; slots.len()];
    let mut found: Vec<Vec<Candidate>> = vec![Vec::new(); slots.len()];
    let mut groups: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (i, slot) in slots.iter().enumerate() {
        groups.entry(&slot.text).or_default().push(i);
    }
    read(&runner.probe("", LIMIT, crash, interrupted)?, &mut found);
    for group in groups.values() {
        let search = |members: &[usize], forms: &mut Vec<Form>| {
            for how in SEARCHES {
                if best(&runner, crash, &slots, &found, members, forms, how, interrupted)? {
                    return Ok(true);
                }
            }
            Ok::<_, RunError>(false)
        };
        if search(group, &mut forms)? || group.len() == 1 {
            continue;
        }
        for member in group {
            search(&[*member], &mut forms)?;
        }
    }
    let direct = |(slot, form): (&Slot, &Form), found: &[Candidate]| {
        let (n, early) = match form {
            Form::General => return None,
            Form::Early(n) => (*n, true),
            Form::Late(n) => (*n, false),
        };
        let c = found.get(n)?;
        Some(Direct {
            goroutine: slot.goroutine,
            operation: slot.operation,
            value: c.value.clone(),
            other: c.other.clone(),
            ask: c.ask.clone(),
            early,
        })
    };
    Ok(slots.iter().zip(&forms).zip(&found).filter_map(|(s, f)| direct(s, f)).collect())
}

/// Sets the best form of some slots, the same for all; false if there is none.
#[allow(clippy::too_many_arguments)]
fn best(
    runner: &Runner,
    crash: &Crash,
    slots: &[Slot],
    found: &[Vec<Candidate>],
    members: &[usize],
    forms: &mut Vec<Form>,
    (tries, most): (u32, usize),
    interrupted: &AtomicBool,
) -> Result<bool, RunError> {
    let Some(&first) = members.first() else { return Ok(false) };
    let mut order: Vec<usize> = (0..found[first].len()).collect();
    order.sort_by_key(|&n| (found[first][n].cost, n));
    let early = members.iter().all(|&m| slots[m].early);
    let mut trials = Vec::new();
    for n in order {
        trials.extend(early.then_some(Form::Early(n)));
        trials.push(Form::Late(n));
    }
    trials.truncate(most);
    let with = |form: Form| {
        let mut all = forms.clone();
        members.iter().for_each(|&m| all[m] = form);
        all
    };
    let mut from = 0;
    let mut hits = vec![0; trials.len()];
    while from < trials.len() {
        let input: String = (from..trials.len())
            .map(|i| {
                let words: Vec<String> = with(trials[i]).into_iter().map(Form::wire).collect();
                format!("{i} {tries} {}\n", words.join(" "))
            })
            .collect();
        let tried = runner.probe(&input, LIMIT, crash, interrupted)?;
        for &i in &tried.hits {
            if let Some(n) = hits.get_mut(i) {
                *n += 1;
            }
        }
        // The process died, or was killed, during that trial.
        match tried.last {
            Some(last) if tried.died && last + 1 < trials.len() && last >= from => from = last + 1,
            _ => break,
        }
        // A process ends with the first failure of one goroutine, and it fails every time.
        let alone = crash.scenario.go.len() == 1;
        if hits.contains(&tries) || alone && hits.iter().any(|&n| n > 0) {
            break;
        }
    }
    let most = hits.iter().copied().max().unwrap_or(0);
    let at = hits.iter().position(|&n| n == most && n > 0);
    if let Some(at) = at {
        *forms = with(trials[at]);
    }
    Ok(at.is_some())
}

/// The candidates that the program listed.
fn read(tried: &Tried, found: &mut [Vec<Candidate>]) {
    for line in tried.listed.lines() {
        let mut fields = line.split('\t');
        let mut number = || fields.next().and_then(|f| f.parse::<usize>().ok());
        let (Some(slot), Some(n), Some(cost)) = (number(), number(), number()) else { continue };
        let mut text = || fields.next().unwrap_or_default().to_owned();
        let (value, other, ask) = (text(), text(), text());
        let Some(list) = found.get_mut(slot).filter(|l| l.len() == n) else { continue };
        let other = (!other.is_empty()).then_some(other);
        list.push(Candidate { cost: u32::try_from(cost).unwrap_or(u32::MAX), value, other, ask });
    }
}
