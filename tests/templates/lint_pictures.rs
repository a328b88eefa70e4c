//! The lint measures; the renderer draws. Where they differ, one of them is wrong: for each kind of field the paper is
//! cut just behind the ink that was drawn, and just before its end.

use super::worker_picture;
use platen::render::lint::{Paper, lint_label};
use platen::render::preview::Canvas;

const FIELDS: [&str; 26] = [
    "^FO200,200^A0N,40,40^FDExample^FS",
    "^FO200,200^A0N,80,60^FDHELLO World^FS",
    "^FO200,200^A0R,40,40^FDHELLO^FS",
    "^FO200,200^A0I,40,40^FDHELLO^FS",
    "^FO200,200^A0B,40,40^FDHELLO^FS",
    "^FT300,500^A0N,40,40^FDHELLO^FS",
    "^FT300,500^A0B,40,40^FDHELLO^FS",
    "^FO200,200^A0N,40,40^FB300,3,5,C^FDHELLO World of labels^FS",
    "^FO200,200^A0N,40,40^FB300,3,5,R^FDHELLO World of labels^FS",
    "^FO200,200^ADN,36,20^FDHELLO^FS",
    "^FO200,200^BY2^BCN,64,N,N,N,A^FDSN-000001^FS",
    "^FO200,200^BY2^BCN,64,N,N,N,A^FD012345678901234567890123^FS",
    "^FO200,200^BY2^BCN,64,N^FDSN-000001^FS",
    "^FO200,200^BY2^BCN,64,N^FD>;>800340123450000000000^FS",
    "^FO200,200^BY2^BCN,64,N,N,N,D^FD(00)340123450000000000^FS",
    "^FO200,200^BY2^BCN,64,N,N,N,D^FD(02)09501101530003(37)24>8(10)AB12^FS",
    "^FO200,200^BY3^BCR,64,N,N,N,A^FDSN-000001^FS",
    "^FT300,500^BY2^BCB,64,N,N,N,A^FDSN-000001^FS",
    "^FO200,200^BY2^B3N,N,64,N^FDABC123^FS",
    "^FO200,200^BY2,3^B2N,64,N^FD12345678^FS",
    "^FO200,200^BXN,4,200^FDSN-000001^FS",
    "^FO200,200^BXN,4,200,,,,_^FH_^FD_5F101095011015300031726123110ABC123_5F1214711^FS",
    "^FO200,200^BXN,4,200^FDHello World, this is a long text of 60 characters, and more!^FS",
    "^FO200,200^BQN,2,4^FDQA,SN-000001^FS",
    "^FO200,200^BY2,3,40^BQN,2,4^FDMA,https://example.com/serial/0001^FS",
    "^FO200,200^GB100,50,3^FS",
];

/// How far ink and model may differ: the white beside a letter.
const NEAR: u32 = 5;

#[test]
fn a_field_is_as_large_as_it_is_drawn() {
    for field in FIELDS {
        let zpl = format!("^XA^CI28{field}^XZ");
        let picture = worker_picture(&zpl, Canvas { width_mm: 100.0, height_mm: 100.0, dpmm: 8 });
        let black = picture.enumerate_pixels().filter(|(.., dot)| dot.0[0] < 128);
        let (right, bottom) =
            black.fold((0, 0), |(right, bottom), (x, y, _)| (right.max(x + 1), bottom.max(y + 1)));
        assert!(right > 200 && bottom > 200, "{field} is not drawn");
        let is_off = |width: u32, height: u32| {
            let millimetres = |dots: u32| f64::from(dots) / 8.0;
            let paper = Paper { width_mm: millimetres(width), height_mm: millimetres(height), dpmm: 8 };
            lint_label(&zpl, paper).iter().any(|finding| finding.code.name() == "off_label")
        };
        assert!(
            !is_off(right + NEAR, bottom + NEAR),
            "{field} ends at {right}, {bottom} and is said to be off"
        );
        assert!(is_off(right - NEAR - 4, bottom + NEAR), "{field} goes to {right} and is said to fit");
        assert!(is_off(right + NEAR, bottom - NEAR - 4), "{field} goes down to {bottom} and is said to fit");
    }
}
