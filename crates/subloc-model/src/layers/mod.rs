//! The layers of the networks. Each is made from a network's parameters and has one `forward`.

pub mod attention;
pub mod conv_bank;
pub mod head;
pub mod label_loss;
pub mod loss;
pub mod lstm;
pub mod second_conv;
