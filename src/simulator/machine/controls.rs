//! What the lexer found is obeyed: formats queue, control commands and settings act at once.

use super::memory::Format;
use super::{ChannelId, Machine};
use crate::simulator::action::Action;
use crate::simulator::host_status;
use crate::simulator::knobs::Language;
use crate::simulator::lexer::{SettingsRequest, Token};
use crate::simulator::settings;
use serde_json::{Map, Value};

impl Machine {
    pub(super) fn obey(&mut self, channel: ChannelId, token: Token) {
        let is_zpl = self.knobs.language == Language::Zpl;
        match token {
            Token::Format { zpl, prefixes } => {
                self.note_format_of(channel);
                let format = Format { zpl, prefixes, channel: Some(channel), is_plain_text: !is_zpl };
                self.memory.queue.push(format);
                self.compose();
            }
            Token::Control { name, parameters } if is_zpl => self.control(channel, name, &parameters),
            Token::Control { .. } => {}
            Token::Download => self.memory.graphics = (self.memory.graphics + 1).min(999),
            Token::Settings(_) if !self.knobs.answers_settings => {}
            Token::Settings(SettingsRequest::SetGetDo(commands)) => {
                for command in commands {
                    if let Some(value) = settings::obey(self, &command) {
                        let reply = format!("\"{value}\"{}", self.knobs.sgd_terminator);
                        self.reply(Some(channel), reply.into_bytes());
                    }
                }
            }
            Token::Settings(SettingsRequest::Json(object)) => self.json_request(channel, &object),
        }
    }

    pub(super) fn json_request(&mut self, channel: ChannelId, object: &Map<String, Value>) {
        if self.is_on() && self.knobs.answers_settings {
            let reply = settings::exchange(self, object);
            self.reply(Some(channel), reply.into_bytes());
        }
    }

    /// `device.pause` and its like.
    pub(in crate::simulator) fn do_action(&mut self, action: Action) {
        self.act(action);
    }

    /// `formats.cancel_all`.
    pub(in crate::simulator) fn cancel_all_formats(&mut self) {
        self.cancel_all();
        self.memory.lexer.discard_partial();
    }

    fn control(&mut self, channel: ChannelId, name: [u8; 2], parameters: &[u8]) {
        let reply = match &name {
            b"HS" if self.ignores_host_status(channel) => None,
            b"HS" => host_status::host_status(self),
            b"HQ" => host_status::host_query(self, parameters),
            b"HI" => Some(host_status::framed(&host_status::identification(self))),
            b"HM" => Some(host_status::framed("1024,0780,0780")),
            // No alert is configured, and then `~HU` stays silent.
            b"HU" => None,
            _ => {
                self.command(channel, name, parameters);
                None
            }
        };
        if let Some(reply) = reply {
            self.reply(Some(channel), reply.into_bytes());
        }
    }

    fn command(&mut self, channel: ChannelId, name: [u8; 2], parameters: &[u8]) {
        match &name {
            b"JA" => {
                self.cancel_all_formats();
                self.forget_bytes_of_others(channel);
            }
            b"JX" => self.memory.lexer.discard_partial(),
            b"JP" => self.act(Action::Cancel),
            b"PP" => self.act(Action::Pause),
            b"PS" => self.act(Action::Resume),
            b"PH" => self.act(Action::Feed),
            b"JR" => self.act(Action::Reset),
            // The configuration label, which nobody's job has asked for.
            b"WC" => self.act(Action::PrintForeign(1)),
            b"RO" => match parameters {
                b"1" => self.flash.user_label_count_1 = 0,
                b"2" => self.flash.user_label_count_2 = 0,
                _ => {}
            },
            _ => {}
        }
    }
}
