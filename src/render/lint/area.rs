//! Rectangles of dots.

/// From the top left dot to behind the bottom right one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Area {
    pub left: i32,
    pub top: i32,
    pub right: i32,
    pub bottom: i32,
}

impl Area {
    pub fn sized(left: i32, top: i32, width: i32, height: i32) -> Self {
        Self { left, top, right: left.saturating_add(width), bottom: top.saturating_add(height) }
    }

    pub fn width(self) -> i32 {
        self.right.saturating_sub(self.left)
    }

    pub fn height(self) -> i32 {
        self.bottom.saturating_sub(self.top)
    }

    pub fn is_empty(self) -> bool {
        self.width() <= 0 || self.height() <= 0
    }

    /// What both have; empty where they do not meet.
    pub fn common(self, other: Self) -> Self {
        Self {
            left: self.left.max(other.left),
            top: self.top.max(other.top),
            right: self.right.min(other.right),
            bottom: self.bottom.min(other.bottom),
        }
    }

    pub fn meets(self, other: Self) -> bool {
        !self.common(other).is_empty()
    }

    /// The smallest area around both.
    pub fn around(self, other: Self) -> Self {
        Self {
            left: self.left.min(other.left),
            top: self.top.min(other.top),
            right: self.right.max(other.right),
            bottom: self.bottom.max(other.bottom),
        }
    }

    /// How far it reaches over the edges of another: left, top, right, bottom; 0 where it does not.
    pub fn beyond(self, paper: Self) -> [i32; 4] {
        [
            (paper.left - self.left).max(0),
            (paper.top - self.top).max(0),
            (self.right - paper.right).max(0),
            (self.bottom - paper.bottom).max(0),
        ]
    }
}
