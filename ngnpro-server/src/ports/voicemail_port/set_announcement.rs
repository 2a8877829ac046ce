//! `Voicemail.setAnnouncement`: keeps the greeting of a box, a WAV file, in place of the one before.
//!
//! 2000 there is no box, or no account in reach that could have one, 9004 no file, or not one that can be played.

use domain::Announcement;
use store::voicemail_accounts;

use crate::context::Context;
use crate::error::Failure;
use crate::ports::member;
use crate::wire::voicemail::SetAnnouncementInput;

/// Answers the call.
pub async fn handle(context: &Context<'_>, input: SetAnnouncementInput) -> Result<(), Failure> {
    let id = member::sip_id(input.sip_id, "sipId")?;
    let file = member::required(input.message, "message")?;
    let announcement = Announcement::parse(file.0).map_err(|why| why.at("message"))?;
    let mut tx = context.store.begin(&context.caller.scope).await?;
    voicemail_accounts::set_announcement(&mut tx, &id, &announcement).await?;
    tx.commit().await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ports::testing::{Platform, code, id};
    use crate::ports::voicemail_port::{add_account, delete_account};
    use crate::wire::types::VoicemailAccount;
    use crate::wire::voicemail::{AddAccountInput, DeleteAccountInput};

    /// A tenth of a second of A-law silence.
    fn wav(sound: u8) -> Vec<u8> {
        let format = [6, 0, 1, 0, 0x40, 0x1f, 0, 0, 0x40, 0x1f, 0, 0, 1, 0, 8, 0];
        let data = [sound; 800];
        [b"RIFF\x44\x03\0\0WAVEfmt \x10\0\0\0".as_slice(), &format, b"data\x20\x03\0\0", &data].concat()
    }

    fn input(name: &str, file: Option<Vec<u8>>) -> SetAnnouncementInput {
        SetAnnouncementInput { sip_id: id(name), message: file.map(soap::Base64) }
    }

    /// How long the greetings are, and what stands in the middle of them.
    async fn kept(platform: &Platform) -> Vec<String> {
        platform
            .db
            .texts("SELECT octet_length(message) || ':' || get_byte(message, 400) FROM voicemail_announcements")
            .await
    }

    #[tokio::test]
    async fn the_last_greeting_is_kept_and_goes_with_the_box() {
        let platform = Platform::new().await;
        let account = VoicemailAccount { sip_id: id("alice@acme.example"), ..Default::default() };
        platform.call(&platform.acme, add_account::handle, AddAccountInput { account: Some(account) }).await.unwrap();
        for sound in [0xd5, 0x55] {
            platform.call(&platform.acme, handle, input("alice@acme.example", Some(wav(sound)))).await.unwrap();
            assert_eq!(kept(&platform).await, [format!("844:{sound}")]);
        }
        let delete = DeleteAccountInput { sip_id: id("alice@acme.example") };
        platform.call(&platform.acme, delete_account::handle, delete).await.unwrap();
        assert!(kept(&platform).await.is_empty());
    }

    #[tokio::test]
    async fn what_cannot_be_played_and_boxes_out_of_reach_are_refused() {
        let platform = Platform::new().await;
        let account = VoicemailAccount { sip_id: id("alice@acme.example"), ..Default::default() };
        platform.call(&platform.acme, add_account::handle, AddAccountInput { account: Some(account) }).await.unwrap();
        for (by, name, file, refusal) in [
            (&platform.acme, "alice@acme.example", None, 9004),
            (&platform.acme, "alice@acme.example", Some(Vec::new()), 9004),
            (&platform.acme, "alice@acme.example", Some(b"ID3 an mp3 file".to_vec()), 9004),
            (&platform.acme, "nobody@acme.example", Some(wav(0)), 2000),
            (&platform.acme, "bob@shop.example", Some(wav(0)), 2000),
            (&platform.shop, "alice@acme.example", Some(wav(0)), 2000),
            (&platform.rival, "alice@acme.example", Some(wav(0)), 2000),
        ] {
            assert_eq!(code(platform.call(by, handle, input(name, file)).await), refusal, "{name}");
        }
        assert!(kept(&platform).await.is_empty());
    }
}
