//! Reads of one kind that are asked for at the same time go to the database together.
//!
//! A short read costs more on its way (two wake-ups, a statement set up) than where it arrives. The first that is asked for waits
//! for whatever else its thread has at hand, and no longer; what comes while a read is under way makes up the next one. Nobody
//! is answered from before its question: a read begins when all whom it answers have asked.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::oneshot;
use tokio::task::yield_now;

use crate::StoreError;

/// The most that go together.
const TOGETHER_MAX: usize = 64;

/// The questions of the threads that share a lane of connections, and their answers.
#[derive(Debug)]
pub(crate) struct Gather<Q, A>(Mutex<State<Q, A>>);

#[derive(Debug)]
struct State<Q, A> {
    asked: VecDeque<Asked<Q, A>>,
    /// Somebody takes care of what is asked.
    is_served: bool,
}

#[derive(Debug)]
struct Asked<Q, A> {
    question: Q,
    answer: oneshot::Sender<Result<A, StoreError>>,
}

impl<Q, A> Default for Gather<Q, A> {
    fn default() -> Self {
        Self(Mutex::new(State { asked: VecDeque::new(), is_served: false }))
    }
}

/// Whoever takes care; dropped in the middle, with the runtime that it runs on, it leaves that to the next one.
struct Serving<Q, A> {
    gather: Arc<Gather<Q, A>>,
    is_over: bool,
}

impl<Q, A> Drop for Serving<Q, A> {
    fn drop(&mut self) {
        if !self.is_over {
            self.gather.state(|state| {
                state.is_served = false;
                state.asked.clear();
            });
        }
    }
}

impl<Q, A> State<Q, A> {
    /// What goes together next: the longest one waiting, and those like it. Without any, nobody takes care any more.
    fn take(&mut self, is_alike: fn(&Q, &Q) -> bool) -> Option<Vec<Asked<Q, A>>> {
        let Some(first) = self.asked.pop_front() else {
            self.is_served = false;
            return None;
        };
        let mut together = vec![first];
        let mut others = VecDeque::new();
        for asked in self.asked.drain(..) {
            if together.len() < TOGETHER_MAX && is_alike(&together[0].question, &asked.question) {
                together.push(asked);
            } else {
                others.push_back(asked);
            }
        }
        self.asked = others;
        Some(together)
    }
}

impl<Q: Send + 'static, A: Send + 'static> Gather<Q, A> {
    /// Asks, and waits for the answer. `read` answers questions in their order, as many as it was given; those go together of
    /// which `is_alike` says so. Needs a Tokio runtime.
    pub(crate) async fn ask<R, F>(
        self: &Arc<Self>,
        question: Q,
        is_alike: fn(&Q, &Q) -> bool,
        read: R,
    ) -> Result<A, StoreError>
    where
        R: Fn(Vec<Q>) -> F + Send + 'static,
        F: Future<Output = Result<Vec<A>, StoreError>> + Send + 'static,
    {
        let (answer, answered) = oneshot::channel();
        let is_first = self.state(|state| {
            state.asked.push_back(Asked { question, answer });
            !std::mem::replace(&mut state.is_served, true)
        });
        if is_first {
            // A task of its own: the caller may go away, and the others are to be answered all the same.
            tokio::spawn(Arc::clone(self).serve(is_alike, read));
        }
        answered.await.unwrap_or_else(|_| Err(StoreError::unavailable("the read was given up")))
    }

    async fn serve<R, F>(self: Arc<Self>, is_alike: fn(&Q, &Q) -> bool, read: R)
    where
        R: Fn(Vec<Q>) -> F + Send + 'static,
        F: Future<Output = Result<Vec<A>, StoreError>> + Send + 'static,
    {
        let mut serving = Serving { gather: Arc::clone(&self), is_over: false };
        loop {
            // Whatever is ready on this thread has its turn, and may ask.
            yield_now().await;
            let Some(asked) = self.state(|state| state.take(is_alike)) else {
                serving.is_over = true;
                return;
            };
            let (questions, answers): (Vec<_>, Vec<_>) =
                asked.into_iter().map(|asked| (asked.question, asked.answer)).unzip();
            match read(questions).await {
                Ok(read) => answers.into_iter().zip(read).for_each(|(answer, read)| drop(answer.send(Ok(read)))),
                Err(error) => answers.into_iter().for_each(|answer| drop(answer.send(Err(error.again())))),
            }
        }
    }
}

impl<Q, A> Gather<Q, A> {
    fn state<T>(&self, change: impl FnOnce(&mut State<Q, A>) -> T) -> T {
        // Each change is whole: a thread that panicked has left nothing half done.
        change(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    type Numbers = Gather<u32, u32>;

    /// Doubles, and counts how often it is asked.
    async fn ask(gather: &Arc<Numbers>, reads: &Arc<AtomicUsize>, number: u32) -> Result<u32, StoreError> {
        let reads = Arc::clone(reads);
        let double = move |numbers: Vec<u32>| {
            reads.fetch_add(1, Ordering::Relaxed);
            async move {
                yield_now().await;
                if numbers.contains(&0) {
                    return Err(StoreError::unavailable("zero"));
                }
                Ok(numbers.iter().map(|number| number * 2).collect())
            }
        };
        gather.ask(number, |one, other| one % 2 == other % 2, double).await
    }

    #[tokio::test]
    async fn what_is_asked_at_the_same_time_goes_together_if_it_is_alike() {
        let (gather, reads) = (Arc::<Numbers>::default(), Arc::default());
        let all = tokio::join!(
            ask(&gather, &reads, 1),
            ask(&gather, &reads, 2),
            ask(&gather, &reads, 3),
            ask(&gather, &reads, 4),
            ask(&gather, &reads, 5)
        );
        let all = [all.0, all.1, all.2, all.3, all.4].map(Result::unwrap);
        assert_eq!((all, reads.load(Ordering::Relaxed)), ([2, 4, 6, 8, 10], 2));
        assert_eq!(ask(&gather, &reads, 7).await.unwrap(), 14);
        assert_eq!(reads.load(Ordering::Relaxed), 3);
    }

    #[tokio::test]
    async fn an_error_is_everybodys_who_asked_with_it_and_nobody_elses() {
        let (gather, reads) = (Arc::<Numbers>::default(), Arc::default());
        let (zero, two, one) = tokio::join!(ask(&gather, &reads, 0), ask(&gather, &reads, 2), ask(&gather, &reads, 1));
        assert!(zero.unwrap_err().is_unavailable() && two.unwrap_err().is_unavailable());
        assert_eq!(one.unwrap(), 2);
    }

    #[tokio::test]
    async fn who_goes_away_takes_nobody_along() {
        let (gather, reads) = (Arc::<Numbers>::default(), Arc::default());
        let first = tokio::spawn({
            let (gather, reads) = (Arc::clone(&gather), Arc::clone(&reads));
            async move { ask(&gather, &reads, 2).await }
        });
        yield_now().await;
        first.abort();
        assert_eq!(ask(&gather, &reads, 4).await.unwrap(), 8);
    }

    #[test]
    fn what_a_runtime_took_along_is_given_up_and_the_next_one_serves() {
        let (gather, reads) = (Arc::<Numbers>::default(), Arc::<AtomicUsize>::default());
        let runtime = || tokio::runtime::Builder::new_current_thread().build().unwrap();
        let gone = runtime();
        let waiting = gone.block_on(async {
            let asked = Box::pin(gather.ask(1, |_, _| true, |_| std::future::pending()));
            tokio::select! {
                biased;
                _ = asked => true,
                () = yield_now() => false,
            }
        });
        drop(gone);
        assert!(!waiting);
        assert_eq!(runtime().block_on(ask(&gather, &reads, 2)).unwrap(), 4);
    }
}
