//! Under construction.
use crate::args::{ServeArgs, ServerCommand};
use crate::out::{Out, Outcome};
pub(crate) fn serve(_args: &ServeArgs, _out: Out) -> Outcome {
    Ok(())
}
pub(crate) fn maintain(_command: &ServerCommand, _out: Out) -> Outcome {
    Ok(())
}
