//! Answers what people at Odoo want to look at, where Odoo cannot ask over HTTP: the same words, told with the reports.

use crate::domain::Code;
use crate::odoo::{About, Answers, Question};
use crate::outlets::Views;
use crate::outlets::job_events::events_of;
use crate::outlets::label_list::labels_of;
use crate::outlets::label_picture::{PictureQuery, picture_of};
use crate::refusal::Refusal;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use tokio::sync::mpsc::Receiver;
use tokio_util::sync::CancellationToken;

/// The one who answers.
#[derive(Debug)]
pub struct Answering {
    pub views: Views,
    pub questions: Receiver<Question>,
    pub answers: Answers,
    pub shutdown: CancellationToken,
}

#[derive(Deserialize)]
struct PictureWish {
    label: i64,
}

impl Answering {
    /// Answers one after the other until the service stops.
    pub async fn work(mut self) {
        loop {
            let question = tokio::select! {
                () = self.shutdown.cancelled() => return,
                question = self.questions.recv() => question,
            };
            let Some(question) = question else { return };
            let told = match self.answer(&question).await {
                // Text, because XML-RPC knows neither null nor large integers.
                Ok(answer) => json!({"kind": "wish", "uuid": question.wish, "answer": answer.to_string()}),
                Err(refusal) => json!({
                    "kind": "wish", "uuid": question.wish,
                    "code": refusal.code.as_str(), "message": refusal.detail, "action": refusal.action,
                }),
            };
            self.answers.push(told);
            self.views.progress.recorded();
        }
    }

    async fn answer(&self, question: &Question) -> Result<Value, Refusal> {
        let Question { job, body, .. } = question;
        match question.about {
            About::Labels => labels_of(&self.views, job, &read(body)?).await,
            About::Events => events_of(&self.views, job, &read(body)?).await,
            About::Picture => {
                let wish: PictureWish = read(body)?;
                let label = wish.label.to_string();
                let (png, _notes) = picture_of(&self.views, job, &label, &PictureQuery::default()).await?;
                Ok(json!({"png": STANDARD.encode(png)}))
            }
        }
    }
}

fn read<T: DeserializeOwned>(body: &str) -> Result<T, Refusal> {
    serde_json::from_str(body).map_err(|_| {
        Refusal::new(Code::MalformedBody, "What is asked about a job is not JSON of the known form.")
    })
}
