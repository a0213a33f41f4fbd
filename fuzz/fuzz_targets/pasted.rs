#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    latchkey_session::inside::pasted(data);
});
