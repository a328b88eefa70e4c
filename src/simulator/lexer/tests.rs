use super::*;
use proptest::prelude::*;

fn read(bytes: &[u8]) -> (Lexer, Vec<Token>) {
    let mut lexer = Lexer::default();
    let tokens = bytes.iter().filter_map(|byte| lexer.push(*byte)).collect();
    (lexer, tokens)
}

fn format(zpl: &str) -> Token {
    Token::Format { zpl: zpl.as_bytes().to_vec(), prefixes: Prefixes::default() }
}

fn control(name: &[u8; 2], parameters: &str) -> Token {
    Token::Control { name: *name, parameters: parameters.as_bytes().to_vec() }
}

#[test]
fn controls_are_recognised_at_their_last_letter_even_inside_a_format() {
    let (lexer, tokens) = read(b"~HS");
    assert_eq!(tokens, [control(b"HS", "")]);
    assert!(!lexer.is_busy());
    let (_, tokens) = read(b"\r\n~hqes^XA^FDa^FS~HS^XZ~JA");
    let expected = [control(b"HQ", "ES"), control(b"HS", ""), format("^XA^FDa^FS^XZ"), control(b"JA", "")];
    assert_eq!(tokens, expected);
}

#[test]
fn stx_and_etx_open_and_close_a_format() {
    let (lexer, tokens) = read(b"\x02~HS");
    assert_eq!(tokens, [control(b"HS", "")]);
    assert!(lexer.has_partial_format(), "STX is ^XA");
    let (_, tokens) = read(b"\x02^FDa\x03");
    assert_eq!(tokens, [format("\x02^FDa\x03")]);
}

#[test]
fn a_torn_format_stays_until_discarded_or_begun_anew() {
    let (mut lexer, tokens) = read(b"^XA^FDtorn");
    assert_eq!(tokens, []);
    assert_eq!(lexer.partial_bytes(), 10);
    lexer.discard_partial();
    assert!(!lexer.is_busy());
    let (_, tokens) = read(b"^XA^FDtorn^XA^FDwhole^XZ");
    assert_eq!(tokens, [format("^XA^FDwhole^XZ")]);
}

#[test]
fn a_changed_prefix_stays_changed() {
    let (mut lexer, tokens) = read(b"^XA^CC!!XZ^XZ");
    assert_eq!(tokens, [format("^XA^CC!!XZ")]);
    for byte in b"~CT+" {
        lexer.push(*byte);
    }
    let tokens: Vec<Token> = b"~HS+HS".iter().filter_map(|byte| lexer.push(*byte)).collect();
    assert_eq!(tokens, [control(b"HS", "")]);
}

#[test]
fn binary_graphics_swallow_everything_they_announced() {
    let (_, tokens) = read(b"^XA^GFB,6,6,1,~HS^XZ^FS^XZ");
    assert_eq!(tokens, [format("^XA^GFB,6,6,1,~HS^XZ^FS^XZ")]);
    let (_, tokens) = read(b"^XA^GFA,2,2,1,FF00^FS^XZ");
    assert_eq!(tokens, [format("^XA^GFA,2,2,1,FF00^FS^XZ")]);
    let (_, tokens) = read(b"~DYR:A,P,P,4,,~HS^~HS");
    assert_eq!(tokens, [Token::Download, control(b"HS", "")]);
}

#[test]
fn settings_need_their_terminator_and_may_come_several_at_once() {
    let get = SettingsRequest::SetGetDo(vec![SetGetDo::Get("device.uptime".to_owned())]);
    let (lexer, tokens) = read(b"! U1 getvar \"device.uptime\"");
    assert_eq!(tokens, []);
    assert!(lexer.is_busy(), "an unterminated getvar hangs");
    let (_, tokens) = read(b"! U1 getvar \"device.uptime\"\r\n! U1  getvar \"two.spaces\"\r\n~HS");
    assert_eq!(tokens, [Token::Settings(get.clone()), control(b"HS", "")]);
    let (_, tokens) = read(b"! U getvar \"a\" do \"device.pause\" \"\" END ");
    let both = vec![SetGetDo::Get("a".to_owned()), SetGetDo::Do("device.pause".to_owned(), String::new())];
    assert_eq!(tokens, [Token::Settings(SettingsRequest::SetGetDo(both))]);
}

#[test]
fn json_comes_in_the_print_stream_behind_its_announcement() {
    let (lexer, tokens) = read(b"{}{\"head.latch\":null,\"x\":\"}\\\"\"}^XA^XZ");
    let [Token::Settings(SettingsRequest::Json(object)), Token::Format { .. }] = tokens.as_slice() else {
        panic!("{tokens:?}");
    };
    assert_eq!(object.len(), 2);
    assert!(!lexer.is_busy());
    let (_, tokens) = read(b"{\"head.latch\":null}~HS");
    assert_eq!(tokens, [control(b"HS", "")], "not announced");
}

proptest! {
    /// Noise neither stops the lexer nor hides the command that follows a reset of its state.
    #[test]
    fn no_bytes_break_it(noise in proptest::collection::vec(any::<u8>(), 0..300)) {
        let mut lexer = Lexer::default();
        for byte in noise {
            lexer.push(byte);
        }
        prop_assert!(lexer.partial_bytes() <= 300 + 3);
    }

    /// Formats come out as they went in, in order, whatever stands in their fields.
    #[test]
    fn formats_keep_their_bytes(fields in proptest::collection::vec("[ -@A-Z_a-z{|}]{0,20}", 1..20)) {
        let formats: Vec<Vec<u8>> =
            fields.iter().map(|field| format!("^XA^FD{field}^FS^XZ").into_bytes()).collect();
        let (_, tokens) = read(&formats.concat());
        let read: Vec<Vec<u8>> = tokens
            .into_iter()
            .map(|token| match token { Token::Format { zpl, .. } => zpl, other => panic!("{other:?}") })
            .collect();
        prop_assert_eq!(read, formats);
    }
}
