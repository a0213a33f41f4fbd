//! Every seed of the fuzz targets keeps the promises, and is taken or refused as its name says: `ok-…` or `no-…`. What a fuzzer
//! finds is mended and stays there as a seed.

use std::fs;
use std::path::Path;

type Target = fn(&[u8]) -> bool;

const TARGETS: [(&str, Target); 10] = [
    ("callback", super::callback),
    ("configuration", super::configuration),
    ("device_response", super::device_response),
    ("discovery", super::discovery),
    ("id_token", super::id_token),
    ("key_set", super::key_set),
    ("pasted", super::pasted),
    ("record", super::record),
    ("request", super::request),
    ("token_response", super::token_response),
];

#[test]
fn every_seed_is_what_its_name_says() {
    let seeds = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz/seeds");
    for (name, target) in TARGETS {
        let (mut taken, mut refused) = (0, 0);
        for file in fs::read_dir(seeds.join(name)).unwrap() {
            let path = file.unwrap().path();
            let expected = path.file_name().unwrap().to_string_lossy().starts_with("ok-");
            let verdict = target(&fs::read(&path).unwrap());
            assert_eq!(verdict, expected, "{}", path.display());
            *(if verdict { &mut taken } else { &mut refused }) += 1;
        }
        assert!(taken > 0 && refused > 0, "{name}");
    }
}
