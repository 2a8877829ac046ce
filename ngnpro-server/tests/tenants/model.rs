//! Who may see what, in memory: the records of one reseller and its customers, what each call must answer, and what is then
//! there. It shares nothing with the server but the contract.

use std::collections::BTreeMap;

/// People of a reseller: itself, and its customers.
pub(crate) const PEOPLE: usize = 3;

/// What a record is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    Domain,
    Zone,
    Record,
    Number,
    Account,
    Alias,
    Membership,
    Contact,
    Mailbox,
    Carrier,
    Property,
}

impl Kind {
    pub(crate) const ALL: [Self; 11] = [
        Self::Domain,
        Self::Zone,
        Self::Record,
        Self::Number,
        Self::Account,
        Self::Alias,
        Self::Membership,
        Self::Contact,
        Self::Mailbox,
        Self::Carrier,
        Self::Property,
    ];

    /// The codes of what is not there and of what is there already.
    pub(crate) const fn codes(self) -> [&'static str; 2] {
        match self {
            Self::Domain => ["1000", "1001"],
            Self::Zone => ["7000", "7001"],
            Self::Record => ["7002", "7003"],
            Self::Number => ["3002", "3003"],
            Self::Account => ["1010", "1011"],
            Self::Alias => ["1020", "1021"],
            Self::Membership => ["1031", "1030"],
            Self::Contact => ["1040", "1041"],
            Self::Mailbox => ["2000", "2001"],
            Self::Carrier => ["1080", "1081"],
            Self::Property => ["5000", "5000"],
        }
    }

    /// What it hangs on, and the code when that is not there. Nothing hangs on the rest but the tenant itself.
    pub(crate) const fn parent(self) -> Option<(Self, &'static str)> {
        match self {
            Self::Record => Some((Self::Zone, "7000")),
            Self::Alias | Self::Membership | Self::Contact | Self::Mailbox => Some((Self::Account, "1010")),
            _ => None,
        }
    }

    /// What goes along when one goes.
    const fn children(self) -> &'static [Self] {
        match self {
            Self::Zone => &[Self::Record],
            Self::Account => &[Self::Alias, Self::Membership, Self::Contact, Self::Mailbox],
            _ => &[],
        }
    }

    /// Whether it belongs to who makes it, and not to whose domain or range it is in.
    pub(crate) const fn is_assigned(self) -> bool {
        matches!(self, Self::Domain | Self::Zone)
    }
}

/// A place in the tenant where a record may be: whose by its name, and which of several. What hangs on a record has its place.
pub(crate) type Place = (usize, usize);

/// A record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Thing {
    /// The person that it belongs to.
    pub(crate) owner: usize,
    /// What was last written into it.
    pub(crate) version: u32,
    /// The id that it got.
    pub(crate) id: String,
}

/// The records of a reseller and its customers.
#[derive(Debug, Default)]
pub(crate) struct Model {
    things: BTreeMap<(Kind, Place), Thing>,
}

impl Model {
    /// Whether a person reaches what is another one's.
    pub(crate) const fn reaches(actor: usize, owner: usize) -> bool {
        actor == 0 || actor == owner
    }

    pub(crate) fn get(&self, kind: Kind, place: Place) -> Option<&Thing> {
        self.things.get(&(kind, place))
    }

    /// The record, where the person sees it.
    pub(crate) fn seen(&self, actor: usize, kind: Kind, place: Place) -> Option<&Thing> {
        self.get(kind, place).filter(|thing| Self::reaches(actor, thing.owner))
    }

    /// How many of a kind the person sees.
    pub(crate) fn count(&self, actor: usize, kind: Kind) -> usize {
        self.all(kind).filter(|(_, thing)| Self::reaches(actor, thing.owner)).count()
    }

    /// All of a kind.
    pub(crate) fn all(&self, kind: Kind) -> impl Iterator<Item = (Place, &Thing)> {
        let of_kind = self.things.iter().filter(move |((of, _), _)| *of == kind);
        of_kind.map(|((_, place), thing)| (*place, thing))
    }

    pub(crate) fn add(&mut self, kind: Kind, place: Place, thing: Thing) {
        self.things.insert((kind, place), thing);
    }

    pub(crate) fn write(&mut self, kind: Kind, place: Place, version: u32) {
        if let Some(thing) = self.things.get_mut(&(kind, place)) {
            thing.version = version;
        }
    }

    pub(crate) fn give(&mut self, kind: Kind, place: Place, owner: usize) {
        for kind in std::iter::once(&kind).chain(kind.children()) {
            if let Some(thing) = self.things.get_mut(&(*kind, place)) {
                thing.owner = owner;
            }
        }
    }

    pub(crate) fn remove(&mut self, kind: Kind, place: Place) {
        for kind in std::iter::once(&kind).chain(kind.children()) {
            self.things.remove(&(*kind, place));
        }
    }
}
