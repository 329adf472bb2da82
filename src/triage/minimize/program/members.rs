//! Fewer fields, interface elements, parameters and results.

use super::super::reducer::{Edit, Reducer, at_place, chunks, places};
use crate::edit::walk::Site;
use crate::goast::FieldRole;
use crate::testcase::TestCase;

/// Deletes members of structs, interfaces and signatures, and names that share
/// a type.
#[derive(Clone, Copy, Debug)]
pub struct Members;

impl Reducer for Members {
    fn name(&self) -> &'static str {
        "delete members and parameters"
    }

    fn edits(&self, case: &TestCase) -> Vec<Edit> {
        let mut out = Vec::new();
        places(case, |n, site, _| {
            let Site::Fields(fields, list) = site else { return };
            if list == FieldRole::TypeParam {
                return;
            }
            for range in chunks(fields.len()) {
                out.push(at_place(n, move |site, _| {
                    let Site::Fields(fields, _) = site else { return false };
                    fields.drain(range.clone());
                    true
                }));
            }
            for (i, field) in fields.iter().enumerate().filter(|(_, f)| f.names.len() > 1) {
                for k in 0..field.names.len() {
                    out.push(at_place(n, move |site, _| {
                        let Site::Fields(fields, _) = site else { return false };
                        fields[i].names.remove(k);
                        true
                    }));
                }
            }
            for i in (0..fields.len()).filter(|&i| fields[i].tag.is_some()) {
                out.push(at_place(n, move |site, _| {
                    let Site::Fields(fields, _) = site else { return false };
                    fields[i].tag.take().is_some()
                }));
            }
        });
        out
    }
}
