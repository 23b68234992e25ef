"""The look that Gradio's own parts take, so that they sit well beside ours; our own CSS is in ``static/clairscore.css``."""

import gradio as gr


def make_theme() -> gr.themes.Base:
    """Navy on slate, square corners, IBM Plex Sans from our own files."""
    font = ["IBM Plex Sans", "system-ui", "sans-serif"]
    return gr.themes.Base(
        primary_hue="blue", neutral_hue="slate", radius_size="sm", font=font, font_mono=["ui-monospace", "monospace"]
    ).set(
        body_background_fill="#F6F7F9",
        body_background_fill_dark="#0F1720",
        body_text_color="#16202C",
        body_text_color_dark="#E8EDF2",
        body_text_color_subdued="#55616F",
        body_text_color_subdued_dark="#A9B4C0",
        background_fill_primary="#FFFFFF",
        background_fill_primary_dark="#18222E",
        block_background_fill="#FFFFFF",
        block_background_fill_dark="#18222E",
        block_shadow="none",
        block_shadow_dark="none",
        border_color_primary="#7B8794",
        border_color_primary_dark="#6B7887",
        input_background_fill="#FFFFFF",
        input_background_fill_dark="#18222E",
        input_border_color="#7B8794",
        input_border_color_dark="#6B7887",
        button_primary_background_fill="#123B5D",
        button_primary_background_fill_hover="#0D2C47",
        button_primary_background_fill_dark="#6DB8E8",
        button_primary_background_fill_hover_dark="#8CC8EE",
        button_primary_text_color="#FFFFFF",
        button_primary_text_color_dark="#0F1720",
        button_secondary_background_fill="#FFFFFF",
        button_secondary_background_fill_dark="#18222E",
        button_secondary_border_color="#7B8794",
        button_secondary_border_color_dark="#6B7887",
    )
