//! Items that do not parse: what an editor hands over while somebody types.
//!
//! It breaks mostly inside a body, and a body is not needed to know what an impl has. So an item that does not parse is
//! read once more, piece by piece: a body that does not parse is carried over as it stands, into the impl for the state,
//! where `self` has the fields that an editor wants to complete; a member or a field without a readable head is left out.
//! The rest expands as ever, so that one unfinished line does not make the type's other methods unknown everywhere.

use crate::codes;
use crate::errors::Errors;
use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};
use syn::parse::Parser;
use syn::{Expr, Field, Fields, ImplItem, Item, Stmt};

/// The item, or as much of it as can be read; nothing if not even its head can.
pub(crate) fn item(tokens: TokenStream, errors: &mut Errors) -> Option<Item> {
    let whole = match syn::parse2::<Item>(tokens.clone()) {
        Ok(item) => return Some(item),
        Err(whole) => whole,
    };
    let item = pieces_of(tokens, errors);
    if item.is_none() {
        unreadable(&whole, errors);
    }
    item
}

fn unreadable(why: &syn::Error, errors: &mut Errors) {
    // A list of all that could stand there helps nobody.
    let text = why.to_string();
    let text = text.split(", expected one of").next().unwrap_or(&text);
    errors.refuse_at(&codes::UNREADABLE, why.span(), format!("this cannot be read ({text})"));
}

fn pieces_of(tokens: TokenStream, errors: &mut Errors) -> Option<Item> {
    let mut head: Vec<TokenTree> = tokens.into_iter().collect();
    let body = match head.pop()? {
        TokenTree::Group(group) if group.delimiter() == Delimiter::Brace => group,
        _ => return None,
    };
    let empty = Group::new(Delimiter::Brace, TokenStream::new());
    match syn::parse2::<Item>(head.into_iter().chain([TokenTree::Group(empty)]).collect()).ok()? {
        Item::Impl(mut item) => {
            item.items =
                pieces(body.stream(), ends_member).into_iter().filter_map(|piece| member(&piece, errors)).collect();
            Some(Item::Impl(item))
        }
        Item::Struct(mut item) => {
            let Fields::Named(fields) = &mut item.fields else { return None };
            for piece in pieces(body.stream(), ends_field()) {
                match Field::parse_named.parse2(without_comma(piece)) {
                    Ok(field) => fields.named.push(field),
                    Err(error) => unreadable(&error, errors),
                }
            }
            Some(Item::Struct(item))
        }
        Item::Fn(mut function) => {
            function.block.stmts = vec![Stmt::Expr(Expr::Verbatim(body.stream()), None)];
            Some(Item::Fn(function))
        }
        _ => None,
    }
}

/// Cuts a stream after each token at which `ends` says so. It is asked with the piece so far, that token included.
fn pieces(tokens: TokenStream, mut ends: impl FnMut(&[TokenTree]) -> bool) -> Vec<Vec<TokenTree>> {
    let mut pieces = vec![Vec::new()];
    for token in tokens {
        let last = pieces.last_mut().expect("there is always one");
        last.push(token);
        if ends(last) {
            pieces.push(Vec::new());
        }
    }
    pieces.retain(|piece| !piece.is_empty());
    pieces
}

/// A member of an impl ends with the body of its `fn`, or with a semicolon.
fn ends_member(piece: &[TokenTree]) -> bool {
    match piece.last() {
        Some(TokenTree::Punct(punct)) => punct.as_char() == ';',
        Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Brace => {
            piece.iter().any(|token| matches!(token, TokenTree::Ident(word) if word == "fn"))
        }
        _ => false,
    }
}

/// A field ends with a comma that is not between angle brackets.
fn ends_field() -> impl FnMut(&[TokenTree]) -> bool {
    let (mut depth, mut dash) = (0_u32, false);
    move |piece| {
        let Some(TokenTree::Punct(punct)) = piece.last() else {
            dash = false;
            return false;
        };
        let (after_dash, c) = (std::mem::replace(&mut dash, punct.as_char() == '-'), punct.as_char());
        match c {
            '<' => depth += 1,
            '>' if !after_dash => depth = depth.saturating_sub(1),
            ',' if depth == 0 => return true,
            _ => {}
        }
        false
    }
}

fn without_comma(mut piece: Vec<TokenTree>) -> TokenStream {
    if matches!(piece.last(), Some(TokenTree::Punct(punct)) if punct.as_char() == ',') {
        piece.pop();
    }
    piece.into_iter().collect()
}

/// A member; if there is none, the one that begins further on. A head that is being typed above another member has no end
/// of its own, so that the next one's is taken for it.
fn member(piece: &[TokenTree], errors: &mut Errors) -> Option<ImplItem> {
    let whole = match readable(piece) {
        Ok(member) => return Some(member),
        Err(whole) => whole,
    };
    unreadable(&whole, errors);
    (1..piece.len()).filter(|at| begins_member(&piece[*at])).find_map(|at| readable(&piece[at..]).ok())
}

/// Whether a member can begin with this. What only goes on with one that has begun (`fn` after `pub`) is no harm: the
/// longest that can be read is taken, and that is the one from its real beginning.
fn begins_member(token: &TokenTree) -> bool {
    match token {
        TokenTree::Ident(word) => ["pub", "fn", "const", "async", "unsafe", "type"].iter().any(|start| word == start),
        TokenTree::Punct(punct) => punct.as_char() == '#',
        _ => false,
    }
}

/// A member, its body as it stands if need be. That is no refusal: rustc says what is wrong with it, if it is wrong, and
/// not merely newer than what is read here.
fn readable(piece: &[TokenTree]) -> syn::Result<ImplItem> {
    let whole = match syn::parse2(piece.iter().cloned().collect()) {
        Ok(member) => return Ok(member),
        Err(error) => error,
    };
    if let Some((TokenTree::Group(body), head)) = piece.split_last() {
        let mut empty = Group::new(Delimiter::Brace, TokenStream::new());
        empty.set_span(body.span());
        let tokens = head.iter().cloned().chain([TokenTree::Group(empty)]).collect();
        if let Ok(ImplItem::Fn(mut function)) = syn::parse2(tokens) {
            function.block.stmts = vec![Stmt::Expr(Expr::Verbatim(body.stream()), None)];
            return Ok(ImplItem::Fn(function));
        }
    }
    Err(whole)
}
