//! The limit: what a harness does without a fuzzer, over a fixed set of requests; and
//! beside it the same requests through the whole of the executor and LibAFL.

use std::fs::{self, File};
use std::os::fd::{AsRawFd as _, FromRawFd as _};
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use typerace::campaign::Replay;
use typerace::harness::{BuiltHarness, GoOptions, HarnessConfig, RunRequest};
use typerace::mutators::{Context, Settings, Weights, mutate};
use typerace::scenario::Profile;
use typerace::testcase::TestCase;
use typerace::{generate, rng::Rng};

use super::Failure;
use super::results::Results;

