//! SVG pictures, drawn at the dots of the print head. What would be drawn wrong is refused, not left out; nothing
//! outside the file is looked at; and how much a picture may ask for is bounded before it is drawn.

use image::{GrayImage, Luma};
use resvg::tiny_skia::{Color, Pixmap, Transform};
use resvg::usvg::roxmltree::{Document, Node, ParsingOptions};
use resvg::usvg::{self, Group, Options, Tree};

/// Elements, with those that `use` repeats.
const MAX_ELEMENTS: usize = 20_000;
/// Elements within elements.
const MAX_DEPTH: usize = 64;
/// Dots of the whole picture: 200 × 140 mm at 600 dpi. Each takes four bytes while it is drawn.
const MAX_DOTS: u64 = 16_000_000;
/// Dots of all shapes, counted by the rectangles around them: some seconds of drawing.
const MAX_SHAPE_DOTS: f64 = 1e9;
/// Groups that need paper of their own (opacity, clipping): in all, and within each other.
const MAX_LAYERS: usize = 200;
const MAX_LAYER_DEPTH: usize = 4;
/// Elements that are not drawn, or that nobody bounds.
const REFUSED: [&str; 8] =
    ["filter", "foreignObject", "image", "marker", "mask", "pattern", "text", "textPath"];

/// Whether a file begins as XML does.
pub(super) fn is_svg(file: &[u8]) -> bool {
    let file = file.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(file);
    file.trim_ascii_start().first() == Some(&b'<')
}

/// The picture in greys on white paper. `size` is asked with its own width and height in dots of a print head of `dpmm`
/// (a `px` is 1/96 inch) and answers those it shall have.
pub(super) fn drawn(
    file: &[u8],
    dpmm: u32,
    size: impl FnOnce(f64, f64) -> Result<(u32, u32), String>,
) -> Result<GrayImage, String> {
    let tree = read(file)?;
    let dots_per_px = f64::from(dpmm) * 25.4 / 96.0;
    let (own_width, own_height) = (f64::from(tree.size().width()), f64::from(tree.size().height()));
    let (width, height) = size(own_width * dots_per_px, own_height * dots_per_px)?;
    if u64::from(width) * u64::from(height) > MAX_DOTS {
        return Err(format!("{width} × {height} dots are more than the {MAX_DOTS} that an SVG may have"));
    }
    let (x_scale, y_scale) = (f64::from(width) / own_width, f64::from(height) / own_height);
    let mut effort = Effort { x_scale, y_scale, width, height, shape_dots: 0.0, layers: 0 };
    effort.of_group(tree.root(), 0)?;
    let mut paper = Pixmap::new(width, height).ok_or("it has no size")?;
    paper.fill(Color::WHITE);
    resvg::render(&tree, Transform::from_scale(x_scale as f32, y_scale as f32), &mut paper.as_mut());
    let pixels = paper.pixels();
    Ok(GrayImage::from_fn(width, height, |x, y| {
        let pixel = pixels[y as usize * width as usize + x as usize];
        // As `image` weighs colours: Rec. 709.
        let weighed = 2126 * u32::from(pixel.red()) + 7152 * u32::from(pixel.green());
        Luma([((weighed + 722 * u32::from(pixel.blue())) / 10_000) as u8])
    }))
}

fn read(file: &[u8]) -> Result<Tree, String> {
    let text = std::str::from_utf8(file).map_err(|_| "it is an SVG that is not UTF-8; save it as that")?;
    let unreadable = |error: &dyn std::fmt::Display| format!("it is no SVG that can be read ({error})");
    // Exporters write a DOCTYPE; entities of its own are how a small file becomes a large one.
    if text.contains("<!ENTITY") {
        return Err("it declares XML entities; save it as plain SVG".to_owned());
    }
    let options =
        ParsingOptions { allow_dtd: true, nodes_limit: 4 * MAX_ELEMENTS as u32, ..ParsingOptions::default() };
    let document = Document::parse_with_options(text, options).map_err(|error| unreadable(&error))?;
    let mut left = MAX_ELEMENTS;
    take(document.root_element(), &document, 0, &mut left)?;
    Tree::from_xmltree(&document, &Options::default()).map_err(|error| unreadable(&error))
}

/// Takes an element and all in it off what is left, `use` as often as it repeats.
fn take(node: Node<'_, '_>, document: &Document<'_>, depth: usize, left: &mut usize) -> Result<(), String> {
    let name = node.tag_name().name();
    if REFUSED.contains(&name) {
        return Err(format!(
            "its <{name}> is not drawn; make paths of it in the drawing program, and of a photograph a PNG"
        ));
    }
    if depth > MAX_DEPTH {
        return Err(format!(
            "its elements stand more than {MAX_DEPTH} deep in each other; flatten its groups"
        ));
    }
    *left = left
        .checked_sub(1)
        .ok_or_else(|| format!("it has more than {MAX_ELEMENTS} elements; simplify it"))?;
    let href =
        node.attributes().find(|attribute| attribute.name() == "href").map(|attribute| attribute.value());
    if let Some(href) = href
        && name != "a"
    {
        let id = href.strip_prefix('#').ok_or_else(|| {
            format!("its <{name}> names another file, which is not looked at; put what it draws into the SVG")
        })?;
        let target = document.descendants().find(|node| node.attribute("id") == Some(id));
        if let Some(target) = target.filter(|_| name == "use") {
            take(target, document, depth + 1, left)?;
        }
    }
    node.children().filter(Node::is_element).try_for_each(|child| take(child, document, depth + 1, left))
}

/// What drawing a picture will take.
#[derive(Debug)]
struct Effort {
    x_scale: f64,
    y_scale: f64,
    width: u32,
    height: u32,
    shape_dots: f64,
    layers: usize,
}

impl Effort {
    fn of_group(&mut self, group: &Group, layer_depth: usize) -> Result<(), String> {
        if !group.filters().is_empty() {
            return Err("its filters are not drawn; take shadows and blurs away".to_owned());
        }
        let layer_depth = layer_depth + usize::from(group.should_isolate());
        self.layers += usize::from(group.should_isolate());
        if let Some(clip) = group.clip_path() {
            self.of_group(clip.root(), layer_depth)?;
        }
        if self.layers > MAX_LAYERS || layer_depth > MAX_LAYER_DEPTH {
            return Err(format!(
                "it has more than {MAX_LAYERS} transparent or clipped groups, or {MAX_LAYER_DEPTH} within each other; flatten it"
            ));
        }
        for node in group.children() {
            match node {
                usvg::Node::Group(group) => self.of_group(group, layer_depth)?,
                other => {
                    let around = other.abs_stroke_bounding_box();
                    let wide = (f64::from(around.width()) * self.x_scale).clamp(1.0, f64::from(self.width));
                    let high = (f64::from(around.height()) * self.y_scale).clamp(1.0, f64::from(self.height));
                    self.shape_dots += wide * high;
                }
            }
            if self.shape_dots > MAX_SHAPE_DOTS {
                return Err("its shapes lie over each other too often at this size; merge them".to_owned());
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn draw(body: &str, length: u32) -> Result<GrayImage, String> {
        let svg = format!(
            "<svg xmlns='http://www.w3.org/2000/svg' xmlns:xlink='http://www.w3.org/1999/xlink' \
             viewBox='0 0 10 10'>{body}</svg>"
        );
        drawn(svg.as_bytes(), 8, |_, _| Ok((length, length)))
    }

    #[test]
    fn every_limit_is_reached_and_told() {
        let shape = "<path d='M0 0h10v10H0z'/>";
        let nested = |count: usize, tag: &str| {
            format!("{}{shape}{}", format!("<{tag}>").repeat(count), "</g>".repeat(count))
        };
        let doubled: String = (1..20)
            .map(|n| format!("<g id='g{n}'><use href='#g{0}'/><use xlink:href='#g{0}'/></g>", n - 1))
            .collect();
        for (body, length, word) in [
            (shape.repeat(MAX_ELEMENTS), 9, "more than 20000 elements"),
            ("<g/>".repeat(5 * MAX_ELEMENTS), 9, "nodes limit"),
            (format!("<g id='g0'>{shape}</g>{doubled}"), 9, "more than 20000 elements"),
            ("<g id='a'><use href='#a'/></g>".to_owned(), 9, "64 deep"),
            (nested(70, "g"), 9, "64 deep"),
            (nested(100_000, "g"), 9, "nodes limit"),
            (nested(5, "g opacity='0.5'"), 9, "within each other"),
            (nested(1, "g opacity='0.5'").repeat(201), 9, "more than 200 transparent"),
            (shape.repeat(300), 2_000, "too often"),
            (shape.to_owned(), 4_001, "16000000"),
        ] {
            let shown: String = body.chars().take(40).collect();
            let refusal = draw(&body, length).err();
            assert!(refusal.as_ref().is_some_and(|refusal| refusal.contains(word)), "{shown}: {refusal:?}");
        }
        assert!(draw(&shape.repeat(20), 2_000).is_ok());
        assert!(draw(&nested(60, "g"), 9).is_ok() && draw(shape, 4_000).is_ok());
        let entity = b"<!DOCTYPE svg [<!ENTITY a 'b'>]><svg xmlns='http://www.w3.org/2000/svg'/>";
        assert!(drawn(entity, 8, |_, _| Ok((9, 9))).unwrap_err().contains("entities"));
    }

    #[test]
    fn what_would_be_missing_or_lies_elsewhere_is_refused() {
        for (body, word) in [
            ("<text>A</text>", "its <text> is not drawn"),
            ("<image href='x.png'/>", "its <image> is not drawn"),
            ("<use href='other.svg#a'/>", "names another file"),
            ("<linearGradient xlink:href='http://127.0.0.1/a'/>", "names another file"),
            ("<g style='filter:blur(2px)'><path d='M0 0h9v9z'/></g>", "filters are not drawn"),
            ("<g>", "no SVG that can be read"),
        ] {
            let refusal = draw(body, 9).unwrap_err();
            assert!(refusal.contains(word), "{body}: {refusal}");
        }
        assert!(drawn(b"<html/>", 8, |_, _| Ok((9, 9))).is_err());
    }

    #[test]
    fn millimetres_of_the_file_are_millimetres_on_paper() {
        let svg = b"<?xml version='1.0'?><!DOCTYPE svg><svg xmlns='http://www.w3.org/2000/svg' width='10mm' height='5mm'/>";
        for dpmm in [8, 12, 24] {
            let mut own = (0.0, 0.0);
            let size = |width: f64, height: f64| {
                own = (width.round(), height.round());
                Ok((1, 1))
            };
            drawn(svg, dpmm, size).unwrap();
            assert_eq!(own, (f64::from(10 * dpmm), f64::from(5 * dpmm)));
        }
    }
}
