//! Records: beside a plain map under any sequence of changes, what is given back, and what each costs.

use super::*;
use proptest::prelude::*;
use std::collections::HashMap;

fn name(number: usize) -> SipId {
    SipId::parse(&format!("user{number}@example.com")).unwrap()
}

fn all(records: &Records) -> HashMap<Vec<u8>, Vec<u8>> {
    let found: HashMap<_, _> = records.iter().map(|(key, value)| (key.to_vec(), value.to_vec())).collect();
    assert_eq!(found.len(), records.len(), "each once");
    found
}

#[derive(Clone, Debug)]
enum Step {
    Put(usize, Vec<u8>),
    Remove(usize),
    TakeOldest,
    Retain(u8),
}

fn step() -> impl Strategy<Value = Step> {
    let value = prop_oneof![
        20 => prop::collection::vec(any::<u8>(), 0..40),
        20 => any::<u8>().prop_map(|octet| vec![octet; 2000 + usize::from(octet % 3)]),
        1 => (any::<u8>(), CHUNK - 100..CHUNK + 100).prop_map(|(octet, length)| vec![octet; length]),
    ];
    prop_oneof![
        12 => (0_usize..60, value).prop_map(|(number, value)| Step::Put(number, value)),
        4 => (0_usize..60).prop_map(Step::Remove),
        2 => Just(Step::TakeOldest),
        1 => any::<u8>().prop_map(Step::Retain),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn they_are_what_a_plain_map_would_hold(steps in prop::collection::vec(step(), 1..200), begins in 0..NUMBERS) {
        let keys = Keys::default();
        let mut records = Records::new(keys.clone());
        // Numbers of chunks start anew at some time.
        records.first = if begins % 2 == 0 { begins } else { NUMBERS - 1 };
        let mut plain: HashMap<Vec<u8>, Vec<u8>> = HashMap::new();
        for step in steps {
            match step {
                Step::Put(number, value) => {
                    records.put(&keys.key(&name(number)), &value);
                    prop_assert_eq!(records.get(&keys.key(&name(number))), Some(&value[..]));
                    plain.insert(name(number).to_string().into_bytes(), value);
                }
                Step::Remove(number) => {
                    let was = plain.remove(name(number).to_string().as_bytes());
                    prop_assert_eq!(records.remove(&keys.key(&name(number))), was.is_some());
                }
                Step::TakeOldest => match records.take_oldest() {
                    None => prop_assert!(plain.is_empty()),
                    Some(taken) => {
                        let was = plain.remove(taken.key());
                        prop_assert_eq!(was.as_deref(), Some(taken.value()));
                    }
                },
                Step::Retain(below) => {
                    let stays = |value: &[u8]| value.first().is_none_or(|first| *first < below);
                    records.retain(|_, value| stays(value));
                    plain.retain(|_, value| stays(value));
                }
            }
            prop_assert_eq!(records.held, records.chunks.iter().map(|chunk| chunk.bytes.len()).sum::<usize>());
            prop_assert_eq!(records.dead, records.chunks.iter().map(|chunk| chunk.dead).sum::<usize>());
            prop_assert_eq!(records.len(), plain.len());
        }
        prop_assert_eq!(all(&records), plain);
    }
}

#[test]
fn the_oldest_comes_first() {
    let keys = Keys::default();
    let mut records = Records::new(keys.clone());
    for number in 0..1000 {
        records.put(&keys.key(&name(number)), &[7; 90]);
    }
    records.remove(&keys.key(&name(0)));
    let taken: Vec<_> =
        std::iter::from_fn(|| records.take_oldest()).map(|taken| address(taken.key()).unwrap()).collect();
    assert_eq!(taken, (1..1000).map(name).collect::<Vec<_>>());
}

#[test]
fn nothing_of_a_record_prints() {
    let keys = Keys::default();
    let mut records = Records::new(keys.clone());
    records.put(&keys.key(&name(1)), b"secret");
    let mut printed = format!("{records:?}");
    printed += &format!("{:?}", records.take_oldest());
    // Neither as text nor as numbers.
    assert!(!printed.contains("secret") && !printed.contains("115, 101, 99"), "{printed}");
}

#[test]
fn what_changes_its_length_again_and_again_leaves_no_more_than_a_third_behind() {
    let keys = Keys::default();
    let mut records = Records::new(keys.clone());
    for number in 0..2_000 {
        records.put(&keys.key(&name(number)), &[1; 100]);
    }
    for round in 0..100_000 {
        records.put(&keys.key(&name(round * 7 % 2_000)), &vec![2; 100 + round % 3]);
    }
    let alive: usize = records.iter().map(|(key, value)| HEAD + key.len() + value.len()).sum();
    assert!(records.held < alive * 4 / 3 + 2 * CHUNK, "{} for {alive}", records.held);
}

#[test]
fn what_most_leave_gives_its_memory_back() {
    let keys = Keys::default();
    let mut records = Records::new(keys.clone());
    for number in 0..20_000 {
        records.put(&keys.key(&name(number)), &[1; 100]);
    }
    let full = records.resident();
    for number in 0..20_000 {
        if number % 100 > 0 {
            records.remove(&keys.key(&name(number)));
        }
    }
    assert!(records.resident() < full / 20, "{} of {full}", records.resident());
    records.retain(|_, _| false);
    assert!(records.resident() == 0 && records.is_empty());
}

#[test]
fn a_record_costs_little_more_than_what_it_holds() {
    let keys = Keys::default();
    let mut records = Records::new(keys.clone());
    for number in 0..10_000 {
        records.put(&keys.key(&name(100_000 + number)), &[1; 100]);
    }
    let over = records.resident() / 10_000 - 100 - "user123456@example.com".len();
    assert!(over <= 18, "{over}");
}
