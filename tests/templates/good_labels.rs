//! A hundred labels as they should be: the ten templates with everyday data at three resolutions, and labels written by
//! hand, as people and other programs write them.

use super::catalogue;
use platen::render::Sample;
use platen::render::lint::Paper;

/// A label and the paper it is for.
#[derive(Debug, Clone)]
pub struct Label {
    pub name: String,
    pub zpl: String,
    pub paper: Paper,
}

/// Everyday jobs for each template, beside its sample: Spanish, French and German, short and long.
const JOBS: [(&str, [&str; 2]); 10] = [
    (
        "box",
        [
            r#"{"data":{"product":"Mesa de despacho ajustable, roble","quantity":8,"unit":"uds","lot":"L-0017"},"labels":[{"package":"PACK0000777"}]}"#,
            r#"{"mo":{"id":1,"name":"FAB/2026/00017"},"data":{"product":"Armoire à portes coulissantes, chêne massif huilé","code":"ARM-180-CH","quantity":1.5,"unit":"m³","expiry":"2027-03-01","destination":"Lyon"},"labels":[{"package":"CARTON-2026-000017"}]}"#,
        ],
    ),
    (
        "component_bag",
        [
            r#"{"mo":{"id":1,"name":"WH/MO/00017"},"data":{"product":"Tornillo M6","code":"T-M6","quantity":4,"unit":"uds"}}"#,
            r#"{"mo":{"id":1,"name":"WH/MO/00017"},"data":{"product":"Sechskantschraube DIN 931, M6, verzinkt","code":"DIN931-M6X40-8.8","quantity":48,"unit":"Stück","lot":"CH-17","operation":"Endmontage"}}"#,
        ],
    ),
    (
        "location",
        [
            r#"{"data":{"location":"B-12","path":"WH/Existencias","barcode":"WH-B-12"}}"#,
            r#"{"data":{"location":"Wareneingang 2","path":"WH/Eingang/Halle 2","barcode":"WE-2"}}"#,
        ],
    ),
    (
        "lot",
        [
            r#"{"data":{"product":"Barniz mate","lot":"B-7"}}"#,
            r#"{"mo":{"id":1,"name":"WH/MO/00017"},"data":{"product":"Holzlack, seidenmatt, wasserverdünnbar","code":"LACK-SM-5","lot":"2026-04-17-B","quantity":12.5,"unit":"l","expiry":"2027-04-17"}}"#,
        ],
    ),
    (
        "mo_label",
        [
            r#"{"mo":{"id":1,"name":"WH/MO/00017"},"data":{"product":"Silla"},"quantity":4}"#,
            r#"{"mo":{"id":1,"name":"WH/MO/00017"},"data":{"product":"Schreibtisch, höhenverstellbar, Eiche geölt","code":"ST-180"},"labels":[{"lot":"2026-17","serial":"ST180-0001"}]}"#,
        ],
    ),
    (
        "pallet",
        [
            r#"{"data":{"product":"Sillas","sender":"Madera SL"},"labels":[{"sscc":"395011010000000026"}]}"#,
            r#"{"data":{"sender":"Möbelwerk","ship_to":"Möbelhaus am Ring\nIndustriestraße 18\n71032 Böblingen","product":"Schreibtisch, höhenverstellbar, Eiche geölt","gtin":"09501101530003","quantity":1200,"lot":"2026-04-17","expiry":"2028-01-01","order":"A-2026-0017"},"labels":[{"sscc":"395011010000000019"}]}"#,
        ],
    ),
    (
        "quality_hold",
        [
            r#"{"mo":{"id":1,"name":"WH/MO/00017"},"data":{"heading":"BLOQUEADO","reason":"Falta medir","product":"Silla"}}"#,
            r#"{"data":{"heading":"GESPERRT","reason":"Farbton weicht vom Muster ab, Läufer an der Tür","product":"Schrank, Eiche geölt","serial":"S-000017","quantity":2,"unit":"Stück","held_on":"2026-04-17"}}"#,
        ],
    ),
    (
        "serial",
        [
            r#"{"data":{"product":"Silla","gtin":"09501101530003"},"labels":[{"serial":"7"}]}"#,
            r#"{"data":{"product":"Schreibtisch, höhenverstellbar","gtin":"09501101530003"},"labels":[{"serial":"ST180-2026-0001","lot":"2026-17"}]}"#,
        ],
    ),
    ("test", [r#"{"data":{"printer":"linea-2"}}"#, r#"{"data":{"printer":"Drucker Süd","note":"heute"}}"#]),
    (
        "traveller",
        [
            r#"{"mo":{"id":1,"name":"WH/MO/00017"},"data":{"product":"Silla","quantity":4,"step_1":"Cortar"}}"#,
            r#"{"mo":{"id":1,"name":"FAB/2026/00017"},"data":{"product":"Schreibtisch, höhenverstellbar, Eiche geölt","quantity":12,"unit":"Stück","due":"2026-05-01","work_center":"Montage","step_1":"Platten zuschneiden nach Liste","step_2":"Bohren","step_3":"Ölen, zweimal, zwölf Stunden Trockenzeit dazwischen","note":"Maserung beachten."}}"#,
        ],
    ),
];

/// By hand: width and height in mm, dots per mm, and what stands between `^XA` and `^XZ`.
const BY_HAND: [(f64, f64, u32, &str); 10] = [
    (
        100.0,
        50.0,
        8,
        "^FO30,30^A0N,50,50^FDOffice Chair^FS^FO30,100^A0N,30,30^FD[FURN_0269]^FS^FO40,150^BY3^BCN,120,Y,N,N^FD601647855644^FS",
    ),
    (100.0, 50.0, 8, "^CI28^FT100,80^A0N,44,33^FH^FDSN-000001^FS^FO100,160^BY3^BCN,100,Y,N,N^FDSN-000001^FS"),
    (
        60.0,
        40.0,
        8,
        "^FO40,30^A0N,36,36^FB400,2,4,C^FDGarden table, round^FS^FO150,130^BY2^BEN,90,Y,N^FD950110153000^FS",
    ),
    (60.0, 40.0, 12, "^FO60,60^BXN,8,200^FDhttps://example.com/a/1^FS^FO320,70^A0N,48,48^FDScan me^FS"),
    (
        60.0,
        40.0,
        8,
        "^PW480^LL320^FO40,30^BQN,2,5^FDQA,https://example.com/a/1^FS^FO240,60^A0N,40,40^FDManual^FS",
    ),
    (
        100.0,
        150.0,
        8,
        "^FO30,30^GB740,1140,4^FS^FO30,300^GB740,0,4^FS^FO60,60^A0N,60,60^FB680,3,6,L^FDWood Corner\\&1839 Arbor Way\\&Turlock CA 95380^FS^FO80,360^BY4^BCN,200,N,N,N,A^FDSHIP-00017^FS^FO60,620^A0N,120,120^FDDOCK 3^FS^FO60,800^GB400,120,120^FS^FO80,830^A0N,70,70^FR^FDEXPRESS^FS",
    ),
    (50.0, 25.0, 8, "^CFA,18^FO24,24^FDA1-17-03^FS^FO40,60^BY2,3^B3N,N,80,Y^FDA117^FS"),
    (40.0, 100.0, 8, "^FO200,60^A0R,60,60^FDROTATED^FS^FO60,60^BY3^BCR,90,N,N,N,A^FDR-0017^FS"),
    (60.0, 40.0, 8, "^CF0,40^FO40,30^FDCarton^FS^FO60,100^BY3,3^B2N,120,Y,N,N^FD12345678^FS"),
    (60.0, 40.0, 24, "^FO120,120^A0N,120,120^FDSix hundred^FS^FO150,400^BY8^BUN,300,Y^FD03600029145^FS"),
];

/// All of them.
pub fn all() -> Vec<Label> {
    let catalogue = catalogue();
    let mut labels = Vec::new();
    for (name, jobs) in JOBS {
        let template = catalogue.get(name).unwrap();
        let manifest = template.manifest();
        let mut samples: Vec<Sample> = jobs.iter().map(|job| Sample::parse(job).unwrap()).collect();
        samples.push(catalogue.sample(name).unwrap().as_ref().clone());
        for (number, sample) in samples.iter().enumerate() {
            for dpmm in [8, 12, 24] {
                let zpl = template.render_at(dpmm, &sample.label(1).unwrap()).unwrap();
                let paper = Paper { width_mm: manifest.width_mm, height_mm: manifest.height_mm, dpmm };
                labels.push(Label { name: format!("{name}, job {number}, {dpmm} dots per mm"), zpl, paper });
            }
        }
    }
    for (number, (width_mm, height_mm, dpmm, body)) in BY_HAND.into_iter().enumerate() {
        let paper = Paper { width_mm, height_mm, dpmm };
        labels.push(Label { name: format!("by hand, {number}"), zpl: format!("^XA{body}^XZ"), paper });
    }
    labels
}
